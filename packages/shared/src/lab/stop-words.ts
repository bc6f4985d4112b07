/** What the pages of slow motion say: who is about to send what to whom, why, and what the receiver will check. */
import { rfc, type SpecReference } from '../see-through/spec'
import type { StepNumber } from '../see-through/steps'
import type { SceneName } from './stops'

/** The places in the picture: who has the message, who gets it. */
export type Place = 'client' | 'user' | 'authorization-server'

export interface Check {
  /** What is looked at. */
  what: string
  check: string
  spec?: SpecReference
}

export interface Words {
  steps: StepNumber[]
  title: string
  lead: string
  /** From left to right. The message waits `at` one of them; `done` are the ways that are behind it. */
  route: { places: Place[]; at: number; done: number[]; back?: number[] }
  /** The heading of the request. */
  message: string
  why: string[]
  checks?: { heading: string; list: Check[] }[]
  button: string
}

const ISS: Check = { what: 'iss', check: 'Is this answer from the server that it asked?', spec: rfc(9207, '2.4') }

const CODE_CHECKS: Check[] = [
  {
    what: 'state',
    check: 'Is it the value that it gave this browser in step 1, and not used yet?',
    spec: rfc(6749, '10.12'),
  },
  ISS,
]

const ERROR_CHECKS: Check[] = [
  {
    what: 'state',
    check: 'Is it the value that it gave this browser? Otherwise anyone could make up a refusal.',
    spec: rfc(6749, '10.12'),
  },
  ISS,
]

/** What is alike at most stops: the browser is about to send something. */
const SENDING = { message: 'What your browser is about to send', button: 'Send it' }

/** @param client the client's name: Tripmate, or an app of a developer's own */
export function wordsFor(scene: SceneName, client: string, error: string | null): Words {
  const through = (from: Place, to: Place): Words['route'] => ({ places: [from, 'user', to], at: 1, done: [0] })
  switch (scene) {
    case 'authorization request':
      return {
        steps: [1],
        title: `${client} is about to send you to Accounts`,
        lead: `${client} has answered your click with a redirect. Your browser will now carry the request below to Glasshouse Accounts. It has not left yet.`,
        route: through('client', 'authorization-server'),
        ...SENDING,
        why: [
          `${client} wants to read your calendar, but must never see your password. So it sends you to the place that already knows you, and asks there.`,
          'Anyone who can see your screen or your history can read this address. So the code verifier is not in it, only its hash: the code_challenge.',
        ],
        checks: [
          {
            heading: 'What Accounts will check',
            list: [
              { what: 'client_id', check: 'Is an app registered under this name?', spec: rfc(6749, '2.2') },
              {
                what: 'redirect_uri',
                check:
                  'Is this exactly an address that the app has registered? If not, Accounts shows an error and sends you nowhere: the address could be a thief’s.',
                spec: rfc(6749, '3.1.2.3'),
              },
              { what: 'response_type', check: 'Does the app ask for a code?', spec: rfc(6749, '3.1.1') },
              {
                what: 'scope',
                check: 'Do these permissions exist, and may this app ask for them?',
                spec: rfc(6749, '3.3'),
              },
              { what: 'code_challenge', check: 'Is it a SHA-256 hash? It is kept for step 4.', spec: rfc(7636, '4.3') },
            ],
          },
        ],
      }
    case 'sign-in':
      return {
        steps: [2],
        title: 'Accounts is about to ask who you are',
        lead: `Accounts has checked the request of ${client} and has kept it. Now it sends your browser on to its own sign-in page.`,
        route: through('authorization-server', 'authorization-server'),
        ...SENDING,
        why: [
          'From here on, the address contains only the request’s id, so nobody can change what was asked for.',
          `${client} takes no part in this. It does not see the sign-in page, and never your password.`,
        ],
        checks: [
          {
            heading: 'What Accounts will check',
            list: [
              { what: 'request', check: 'Did this very browser start this request, at most 30 minutes ago?' },
              { what: 'request', check: 'Has it been answered already? Each request is answered once.' },
            ],
          },
        ],
      }
    case 'consent':
      return {
        steps: [2],
        title: 'Accounts is about to ask what you allow',
        lead: `Accounts knows who you are now. It sends your browser on to the page on which you decide what ${client} may do.`,
        route: through('authorization-server', 'authorization-server'),
        ...SENDING,
        why: [
          'Signing in says who you are. Consent says what this one app may do. They are two questions: you can sign in and still say no.',
          'You answer at Accounts, not in the app, because an app could simply say that you agreed.',
        ],
        checks: [
          {
            heading: 'What Accounts will check',
            list: [
              { what: 'request', check: 'Did this very browser start this request, and is it still unanswered?' },
              { what: 'session', check: 'Are you signed in? The browser’s cookie says so.' },
            ],
          },
        ],
      }
    case 'code':
      return {
        steps: [3],
        title: 'Accounts is about to send you back with a code',
        lead: `Access is allowed. Accounts has put a code into the address of ${client}, and your browser will carry it there.`,
        route: through('authorization-server', 'client'),
        ...SENDING,
        why: [
          'Why a code, and not the token at once? This address passes through your browser and stays in its history, where others may find it. So it must not open anything by itself.',
          `A thief who copies the code cannot use it. To redeem it, ${client} also has to send its code_verifier, and its client secret if it has one. Neither was ever in an address.`,
        ],
        checks: [
          {
            heading: `What ${client} will check`,
            list: [
              ...CODE_CHECKS,
              {
                what: 'code',
                check: 'Nothing yet: only Accounts can tell whether a code is good.',
                spec: rfc(6749, '4.1.3'),
              },
            ],
          },
        ],
      }
    case 'error':
      return {
        steps: [3],
        title: `Accounts is about to tell ${client} ${error === 'access_denied' ? 'that you said no' : 'why there is no code'}`,
        lead: `There is no code. Accounts has put the reason into the address of ${client}, and your browser will carry it there.`,
        route: through('authorization-server', 'client'),
        ...SENDING,
        why: [
          `A refusal takes the same way back as a code would, so that ${client} does not wait forever.`,
          'It says what happened in one word from a fixed list, so that a program can act on it.',
        ],
        checks: [
          {
            heading: `What ${client} will check`,
            list: ERROR_CHECKS,
          },
        ],
      }
    case 'code arrived':
      return {
        steps: [3, 4],
        title: `A code arrived. ${client} has not used it yet`,
        lead: `Your browser has brought this to ${client}. Nothing in it has been checked, and there is no token so far.`,
        route: { places: ['user', 'client', 'authorization-server'], at: 1, done: [0], back: [1] },
        message: 'What has just arrived',
        why: [
          `Anyone can get a browser to open this address, with a code of their own: then you would add your events to a stranger’s calendar. So ${client} looks at state before it looks at the code.`,
          `The next message does not pass through your browser. ${client} calls Accounts from server to server and sends the code with two things that no browser has seen: its client secret and its code_verifier.`,
        ],
        checks: [
          {
            heading: `First ${client} will check`,
            list: CODE_CHECKS,
          },
          {
            heading: 'Then Accounts will check',
            list: [
              { what: 'client_secret', check: `Is it really ${client} that is calling?`, spec: rfc(6749, '3.2.1') },
              {
                what: 'code',
                check: 'Is it new, not used before, and was it issued to this client?',
                spec: rfc(6749, '4.1.3'),
              },
              {
                what: 'redirect_uri',
                check: 'Is it the same address as in step 1?',
                spec: rfc(6749, '4.1.3'),
              },
              {
                what: 'code_verifier',
                check: 'Is its SHA-256 hash the code_challenge of step 1?',
                spec: rfc(7636, '4.6'),
              },
            ],
          },
        ],
        button: 'Check state and redeem the code',
      }
    case 'error arrived':
      return {
        steps: [3],
        title: `An answer without a code arrived. ${client} has not read it yet`,
        lead: `Your browser has brought this to ${client}. Nothing in it has been checked.`,
        route: { places: ['authorization-server', 'user', 'client'], at: 2, done: [0, 1] },
        message: 'What has just arrived',
        why: ['There will be no step 4: without a code there is nothing to exchange for a token.'],
        checks: [
          {
            heading: `What ${client} will check`,
            list: ERROR_CHECKS,
          },
        ],
        button: 'Check state and read the error',
      }
    case 'connected':
      return {
        steps: [4, 5],
        title: `${client} has its tokens. Your browser saw none of them`,
        lead: `Steps 4 and 5 have just happened between the two servers. Now ${client} sends your browser on to its page.`,
        route: { places: ['user', 'client', 'authorization-server'], at: 1, done: [1], back: [1] },
        ...SENDING,
        why: [
          'The access token opens your calendar to whoever holds it, so it never stands in an address and never reaches your browser.',
          'The code is spent now. If a thief sends it a second time, Accounts refuses it and also ends the tokens that the first use got.',
        ],
      }
    case 'elsewhere':
      return {
        steps: [],
        title: 'You are about to be sent to another address',
        lead: 'The answer to your last request is a redirect to another site. It is not one of the seven steps.',
        route: through('authorization-server', 'client'),
        ...SENDING,
        why: ['A redirect can lead anywhere. Look at the address before you go on.'],
      }
  }
}
