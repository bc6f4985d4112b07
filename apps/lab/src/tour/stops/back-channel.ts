/** Stop 7: what must not pass through a browser. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const backChannel: Stop = {
  id: 'back-channel',
  question: 'Why does no browser take part in steps 4 and 5?',
  scene:
    'Steps 1 to 3 sent your browser from Tripmate to Accounts and back. In step 4 Tripmate exchanges the code, and in step 5 it gets the tokens.',
  bet: 'What would be lost if these two messages went through your browser, too?',
  answers: [
    {
      text: 'Only time. It would take longer, but be just as safe.',
      why: 'Time is the least of it. Tripmate’s secret and the tokens would be in your browser, where extensions, and people at the screen, can read them.',
    },
    {
      text: 'The secrets in them: in a browser, others can see and change what passes.',
      right: true,
      why: 'So Tripmate’s server speaks to Accounts directly. You can see the messages here only because both of them report to the Lab.',
    },
    {
      text: 'Nothing. They do go through it: Tripmate’s page sends them in the background.',
      why: 'Try it: press F12, open the network tab, and connect again. You find /connect, /authorize and /callback there, but no /token.',
    },
  ],
  task: [
    '[Connect your calendar](tripmate:/connect), once more if it is connected already.',
    'If you know your browser’s developer tools (F12), open the network tab before, and look for `/token`.',
  ],
  proof: [
    {
      title: 'Steps 4 and 5: server to server',
      finds: {
        from: 'client-app',
        to: 'auth-server',
        path: '/token',
        sends: { grant_type: 'authorization_code' },
        status: [200],
      },
      request: {
        start: 'Sent by Tripmate’s server. There is no `Cookie` line below: a browser would have sent one.',
        'user-agent': 'The sender is a program. A browser would give its name here.',
        client_secret:
          'Tripmate’s secret. If it went through browsers, every visitor could copy it. The Lab never records it.',
      },
      response: {
        'cache-control': 'Nobody may keep a copy of this answer.',
        access_token: 'The key to your calendar.',
        refresh_token: 'The key to further keys. It is worth even more.',
      },
    },
  ],
  explanation: [
    'What goes through the browser is the [[front-channel]]. There you sign in and decide, so it cannot be avoided. But it is open on both sides: others may **see** what passes, and others may **change** it, or make it up.',
    'What goes from server to server is the [[back-channel]]. Tripmate calls an address that it knows (in production over HTTPS), and so it knows who answers. Accounts demands a secret, and so it knows who asks. Nobody stands in between.',
    'So each thing travels where it belongs. The front channel carries what may be seen: the request, the code, `state`, the challenge. The back channel carries what must not be: the client’s secret, the verifier, the tokens.',
    'Step 6 is the same. Tripmate’s server calls Calendar directly and shows the access token, so your browser takes no part there either.',
  ],
  thieves: [
    {
      who: 'A browser extension reads every page and every address.',
      stopped:
        'It sees a code, which is useless without Tripmate’s secret and the verifier. The tokens never pass through the browser.',
    },
    {
      who: 'A visitor of Tripmate takes apart everything that Tripmate sends to the browser, to find its secret.',
      stopped: 'The secret is not in it. It goes from Tripmate’s server to Accounts only.',
    },
  ],
  lesson:
    'Because secrets and tokens travel there, and a browser is a place where others can see and change things. The client’s server talks to the authorization server directly: each knows who the other is, and nobody is in between.',
  readOn: {
    specs: [rfc(6749, '4.1.3'), rfc(6749, '4.1.4'), rfc(6749, '10.3')],
    sources: [
      {
        path: 'apps/client-app/src/oauth/token-request.ts',
        at: 'export async function redeemCode',
        label: 'Tripmate sends the token request',
      },
      { path: 'apps/auth-server/src/endpoints/token.ts', at: "router.post('/'", label: 'Accounts answers it' },
    ],
    terms: ['front-channel', 'back-channel', 'client-secret', 'confidential-client'],
  },
}
