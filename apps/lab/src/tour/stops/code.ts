/** Stop 4: the code comes through the browser and opens nothing; the token does not. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const code: Stop = {
  id: 'code',
  question: 'Why a code, and not a token straight away?',
  scene:
    'When you allow access, Accounts does not give your browser the token. It gives it a code, and the browser carries the code to Tripmate in an address. Meet Mallory, a thief. She looks over your shoulder and copies that address.',
  bet: 'What can Mallory do with the code?',
  answers: [
    {
      text: 'Read the calendar. The code is the key.',
      why: 'She could, if a token travelled this way. A code opens nothing: Calendar refuses it.',
    },
    {
      text: 'Nothing. Only Tripmate can exchange it for a token, and only once.',
      right: true,
      why: 'To exchange it she would need Tripmate’s secret as well, and a value that Tripmate keeps for this one attempt. And she would have to be faster than Tripmate.',
    },
    {
      text: 'Nothing. The address is encrypted on its way, so she cannot read the code.',
      why: 'In production, HTTPS encrypts it on its way through the network. But at the end of that way it stands readable in the browser: in the address bar, in the history, perhaps in a log.',
    },
  ],
  task: ['[Connect your calendar](tripmate:/connect), once more if it is connected already.'],
  proof: [
    {
      title: 'The code comes through your browser',
      finds: { from: 'browser', to: 'client-app', path: '/callback', sends: { code: true }, status: [303] },
      request: {
        code: 'The code. It was in your address bar for a moment, so your browser has seen it, and so has everything that can read your browser. It has been used and opens nothing now: that is why you see all of it.',
      },
    },
    {
      title: 'Tripmate exchanges it, without your browser',
      finds: {
        from: 'client-app',
        to: 'auth-server',
        path: '/token',
        sends: { grant_type: 'authorization_code' },
        status: [200],
      },
      request: {
        code: 'The same code. Now Tripmate’s server hands it to Accounts.',
        client_secret: 'The secret that only Tripmate and Accounts know. It proves that it is Tripmate who asks.',
      },
      response: {
        access_token: 'The token. It stands in this answer only, and your browser has never seen it.',
      },
    },
  ],
  explanation: [
    'A browser is a poor place for a key. What passes through it is seen by extensions and by people at the screen, and addresses are kept in histories and logs. So Accounts hands the browser only a voucher, the [[authorization-code]], and Tripmate collects the token at the counter.',
    'The voucher is made to be worthless to anyone else. It works **once**, for **a minute** here (the RFC recommends ten at most), and only for **the client** it was issued to.',
    'Why not send the token to Tripmate directly, and leave the browser out? Because Tripmate has many visitors. The code arrives in *your* session with Tripmate, and so Tripmate learns which of its visitors has said yes.',
  ],
  thieves: [
    {
      who: 'Mallory reads the code in the address bar, the history or a log.',
      stopped:
        'Calendar refuses it, because it is not a token. Accounts refuses it, because she has neither Tripmate’s secret nor the verifier. And by then it has been used.',
    },
    {
      who: 'Mallory uses the code a second time.',
      stopped:
        'Accounts notices. It refuses the second use, and revokes the tokens that the first use gave, because one of the two may be a thief.',
    },
  ],
  lesson:
    'Because it comes through the browser, where others may see it. A code opens nothing: only the client can exchange it, with its own proof, once, within a short time. The token itself never passes through the browser.',
  readOn: {
    specs: [rfc(6749, '1.3.1'), rfc(6749, '4.1.2'), rfc(9700, '2.1.2')],
    sources: [
      {
        path: 'apps/auth-server/src/grants/authorization-code.ts',
        at: 'authorizationCodes.redeem(',
        label: 'Accounts redeems the code, once',
      },
      {
        path: 'apps/client-app/src/oauth/token-request.ts',
        at: 'export async function redeemCode',
        label: 'Tripmate exchanges the code',
      },
    ],
    terms: ['authorization-code', 'client-secret', 'front-channel'],
  },
}
