/** Stop 9: a new access token without the user. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const refresh: Stop = {
  id: 'refresh',
  question: 'What does refresh do?',
  scene:
    'An access token lives for an hour here. It is three in the morning, you are asleep, and the token has expired. Your flight is delayed, and Tripmate wants to move it in your calendar.',
  bet: 'What does Tripmate do?',
  answers: [
    {
      text: 'It exchanges its refresh token at Accounts for a new access token.',
      right: true,
      why: 'And it gets a new refresh token too, because each one works only once here.',
    },
    {
      text: 'It waits until I sign in again.',
      why: 'You are not needed. Your consent still stands, and for exactly this case Tripmate has got a refresh token.',
    },
    {
      text: 'It asks Calendar to accept the old access token a little longer, until morning.',
      why: 'Calendar only checks tokens. And a token cannot be made to last longer: its end is written inside, under the signature.',
    },
  ],
  task: [
    'If nothing is connected, [connect](tripmate:/connect) first.',
    'You need not wait for an hour. Open [the lights of your newest run](run:#lights): five cards that show what still opens something. Choose **Refresh now**.',
  ],
  proof: [
    {
      title: 'Tripmate exchanges its refresh token',
      finds: {
        from: 'client-app',
        to: 'auth-server',
        path: '/token',
        sends: { grant_type: 'refresh_token' },
        status: [200],
      },
      request: {
        start: 'Server to server. No user and no browser take part.',
        grant_type: 'What is exchanged this time: a refresh token, not a code.',
        refresh_token: 'The old refresh token. It has just been replaced and opens nothing now, so you see all of it.',
        client_secret: 'Only Tripmate can do this: it has to prove again who it is.',
      },
      response: {
        access_token: 'The new access token.',
        expires_in: 'How long it lives, in seconds.',
        refresh_token: 'The new refresh token. Compare the last characters: it is another one.',
        scope: 'The same access as before. A refresh never gives more.',
      },
    },
  ],
  explanation: [
    'There are two tokens, because there are two dangers. The [[access-token]] is sent to Calendar at every request, so it is the one that may get lost. It lives for an hour only. The [[refresh-token]] goes to Accounts only, and seldom, together with Tripmate’s secret. It may live for weeks.',
    'Each use replaces it; this is called [[rotation]]. Suppose that a thief copies one. Sooner or later both she and Tripmate use it, and the second use tells Accounts that it may have been stolen. Then **all** tokens of this connection end, and you are asked to connect again.',
    'A refresh is not a new consent. It can never widen the scope, and it works only as long as your consent stands: withdraw it, and the next refresh fails.',
  ],
  thieves: [
    {
      who: 'Mallory steals an access token.',
      stopped:
        'It dies within the hour. She cannot renew it, because that takes the refresh token and Tripmate’s secret.',
    },
    {
      who: 'Mallory steals a refresh token, and Tripmate’s secret as well.',
      stopped:
        'The first time that both use the same one, Accounts notices, and ends every token of this connection, hers included.',
    },
  ],
  lesson:
    'It gets a new access token when the old one has expired, without the user. The client sends its refresh token to the authorization server, from server to server, and gets a new pair. The scope never grows, and it ends when consent is withdrawn.',
  readOn: {
    specs: [rfc(6749, '1.5'), rfc(6749, '6'), rfc(9700, '4.14.2')],
    sources: [
      {
        path: 'apps/auth-server/src/grants/refresh-token.ts',
        at: 'refreshTokens.replace(',
        label: 'Accounts replaces the refresh token',
      },
      {
        path: 'apps/client-app/src/oauth/connection.ts',
        at: 'async function refreshed',
        label: 'Tripmate refreshes once, however many requests need it',
      },
    ],
    terms: ['access-token', 'refresh-token', 'rotation', 'expiry'],
  },
}
