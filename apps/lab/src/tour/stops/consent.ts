/** Stop 3: tokens end with a disconnection, the consent does not. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const consent: Stop = {
  id: 'consent',
  question: 'Scope or consent: what is the difference?',
  scene:
    'In a moment you will allow Tripmate everything it asks for, and then disconnect it again. Disconnecting revokes all its tokens, and Tripmate deletes them.',
  bet: 'After that you choose Connect once more. Will Accounts ask you again what Tripmate may do?',
  answers: [
    {
      text: 'Yes. The tokens are gone, so everything begins anew.',
      why: 'The tokens are gone, but your decision is not. Accounts has stored it, and it stands until you cancel it there.',
    },
    {
      text: 'No. Tripmate shows Accounts the permission that it has kept.',
      why: 'Tripmate has kept nothing. And Accounts would not take an app’s word for what you allowed: only its own record counts.',
    },
    {
      text: 'No. Accounts remembers that I allowed it.',
      right: true,
      why: 'Your consent is stored at Accounts, apart from any token. It stands until you withdraw it there.',
    },
  ],
  task: [
    '[Ask for the permission page again](tripmate:/connect?ask=write), leave both boxes ticked, and choose **Allow**.',
    '[Disconnect](tripmate:/disconnect) at Tripmate.',
    'Choose [Connect](tripmate:/connect) again, and watch which pages you see on the way.',
    'Now end it for good: at [your page at Accounts](accounts:/account), choose **Withdraw access** beside Tripmate. [Connect](tripmate:/connect) once more. This time Accounts asks you, because it no longer remembers a permission.',
  ],
  proof: [
    {
      title: 'Tripmate asks, and Accounts does not ask you',
      finds: { from: 'browser', to: 'auth-server', path: '/authorize', status: [302, 303], answers: { code: true } },
      request: {
        scope: 'Scope: what Tripmate asks for. It has to say so each time.',
      },
      response: {
        location:
          'Straight back to Tripmate, without a page for you in between. Accounts found your consent of before, and it covers everything that was asked for.',
        code: 'The answer is yes, as if you had just pressed Allow.',
      },
    },
    {
      title: 'New keys, made from your old decision',
      finds: {
        from: 'client-app',
        to: 'auth-server',
        path: '/token',
        sends: { grant_type: 'authorization_code' },
        status: [200],
      },
      response: {
        access_token: 'A new token. The ones that Tripmate had before you disconnected stay dead.',
        scope: 'What your consent allows.',
      },
    },
    {
      title: 'You withdraw it, at Accounts',
      finds: { from: 'browser', to: 'auth-server', method: 'POST', path: '/account/withdraw', status: [303] },
      request: {
        client_id:
          'Which app loses its access. Accounts deletes your consent, and revokes every token that was made from it.',
      },
    },
  ],
  explanation: [
    'Three things are easily confused. A [[scope]] is a **word in a message**: what is asked for, or granted. [[consent|Consent]] is **your decision** that this app may have these scopes, and Accounts writes it down. A [[token]] is a **key**, made because of that decision.',
    'So there are two ways to end it. **Disconnect**, at Tripmate, throws away the keys, and the decision stands. **Withdraw**, on [your page at Accounts](accounts:/account), cancels the decision, and every key that was made from it stops working at once.',
    'Accounts asks you again when an app wants more than you allowed, when the app cannot prove who it is (a [[public-client]]), or when the app wants you to be asked. The link in your first task does that: it adds `prompt=consent` to the request.',
  ],
  thieves: [
    {
      who: 'An app that you allowed long ago, and forgot, gets new tokens without asking.',
      stopped:
        'Nothing stops it while your consent stands. Look at [your page at Accounts](accounts:/account) now and then, and withdraw what you no longer use.',
    },
    {
      who: 'Another app claims to be Tripmate, to use your consent.',
      stopped:
        'The answer goes only to an address that Tripmate has registered, and the code in it is useless without Tripmate’s secret.',
    },
  ],
  lesson:
    'A scope is a word for what is asked for or granted. Consent is my decision that this app may have these scopes. The authorization server remembers it until I withdraw it, even when all tokens are gone.',
  readOn: {
    specs: [rfc(6749, '3.3'), rfc(6749, '1.3.1')],
    docs: [{ path: 'docs/decisions/jwt-and-withdrawal.md', label: 'How a withdrawal takes effect at once' }],
    sources: [
      {
        path: 'apps/auth-server/src/endpoints/authorization-response.ts',
        at: 'const mustAsk',
        label: 'Accounts decides whether to ask you',
      },
      {
        path: 'apps/auth-server/src/store/consents.ts',
        at: 'export async function find',
        label: 'Where consent is stored',
      },
    ],
    terms: ['scope', 'consent', 'grant', 'revocation'],
  },
}
