/** What each of the five lights is, and why it is on or off, in words. */
import type { LightName } from './levers'
import type { Light, LightState } from './light'
import type { Answers } from './services'
import type { TokensOfRun } from './tokens'

/** What is known when a page is made. */
export interface Facts {
  answers: Answers
  tokens: TokensOfRun
  accounts: string
  client: string
}

type Description = Pick<Light, 'title' | 'party' | 'state' | 'what' | 'why' | 'again' | 'token'>

export function describe(name: LightName, facts: Facts): Light {
  return { name, buttons: [], ...DESCRIPTIONS[name](facts) }
}

const NO_ANSWER = 'This service does not answer at the moment, so the Lab cannot tell.'

const DESCRIPTIONS: Record<LightName, (facts: Facts) => Description> = {
  tripmate({ answers: { tripmate, accounts }, tokens, client }) {
    return {
      title: 'Your session at Tripmate',
      party: 'client',
      what: 'A cookie by which Tripmate recognises this browser.',
      state: stateOf(tripmate?.session),
      why: !tripmate
        ? NO_ANSWER
        : tripmate.session
          ? tripmate.connected
            ? tokens.refreshToken && accounts?.refreshToken === false
              ? 'Tripmate knows this browser. It keeps tokens for it that are dead, and finds out when it uses them.'
              : 'Tripmate knows this browser and keeps tokens for it.'
            : 'Tripmate knows this browser, but keeps no tokens that work for it.'
          : 'Tripmate does not know this browser.',
      ...(tripmate?.session === false && { again: { href: `${client}/connect`, label: 'Connect at Tripmate' } }),
    }
  },
  accounts({ answers: { accounts }, accounts: origin }) {
    return {
      title: 'Your session at Accounts',
      party: 'authorization-server',
      what: 'A cookie by which Accounts knows who is signed in, so that it does not ask for the password every time.',
      state: stateOf(accounts && accounts.signedInAs !== null),
      why: !accounts
        ? NO_ANSWER
        : accounts.signedInAs
          ? `${accounts.signedInAs} is signed in.`
          : 'Nobody is signed in.',
      ...(accounts?.signedInAs === null && { again: { href: `${origin}/login`, label: 'Sign in at Accounts' } }),
    }
  },
  consent({ answers: { accounts }, client }) {
    return {
      title: 'The consent',
      party: 'authorization-server',
      what: 'Accounts’ memory that you allowed Tripmate to use your calendar.',
      state: stateOf(accounts?.consent),
      why: !accounts
        ? NO_ANSWER
        : accounts.consent
          ? 'Accounts remembers that you allowed this, so it issues tokens to Tripmate. The consent itself opens nothing: only a token does.'
          : 'Accounts has no record of your permission, so it asks you the next time Tripmate wants access.',
      ...(accounts?.consent === false && { again: { href: `${client}/connect`, label: 'Connect again' } }),
    }
  },
  refresh({ answers: { accounts, tripmate }, tokens, client }) {
    const { refreshToken } = tokens
    return {
      title: 'The refresh token',
      party: 'authorization-server',
      what: 'Tripmate shows it to Accounts alone, to get the next access token without you.',
      state: refreshToken ? stateOf(accounts?.refreshToken) : 'off',
      why: !refreshToken
        ? 'No refresh token was issued in this run.'
        : !accounts
          ? NO_ANSWER
          : accounts.refreshToken
            ? tripmate?.session
              ? 'Accounts will exchange it for new tokens, one time.'
              : 'Accounts will still exchange it for new tokens, one time, but Tripmate no longer knows which user it belongs to.'
            : 'Accounts refuses it: the whole connection was ended.',
      ...(refreshToken && { token: shown(refreshToken) }),
      ...(accounts?.refreshToken !== true && { again: { href: `${client}/connect`, label: 'Connect again' } }),
    }
  },
  access({ answers: { calendar }, tokens }) {
    const { accessToken } = tokens
    const why = {
      accepted: 'The calendar accepts it from anyone who sends it.',
      expired: 'The calendar refuses it: its time is over.',
      ended: 'The calendar refuses it: it was ended before its time.',
      'cannot be checked': 'The calendar refuses every token, because it cannot reach Accounts.',
    }
    return {
      title: 'The access token',
      party: 'resource-server',
      what: 'Tripmate shows it to the calendar with every request.',
      state: accessToken ? stateOf(calendar && calendar.accessToken === 'accepted') : 'off',
      why: !accessToken ? 'No access token was issued in this run.' : calendar ? why[calendar.accessToken] : NO_ANSWER,
      ...(accessToken && { token: shown(accessToken) }),
    }
  },
}

function stateOf(on: boolean | undefined): LightState {
  return on === undefined ? 'unknown' : on ? 'on' : 'off'
}

/** Its ending, by which the learner tells an old token from a new one. */
function shown({ id, tail, kind }: NonNullable<TokensOfRun['refreshToken']>): NonNullable<Light['token']> {
  return { id, text: `…${tail}`, isJwt: kind === 'access_token' }
}
