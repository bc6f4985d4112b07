/** Stop 5: an answer that this browser did not ask for. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const state: Stop = {
  id: 'state',
  question: 'Why “state”?',
  scene:
    'Mallory has a calendar of her own and starts to connect it to Tripmate. She says yes at Accounts, and Accounts sends her back to Tripmate with a code for *her* calendar. She stops there: she does not open this last address, but mails it to you. You click.',
  bet: 'What could happen if Tripmate did not check where this answer comes from?',
  answers: [
    {
      text: 'She could get into your calendar.',
      why: 'Her link carries a code for her own calendar, so it opens nothing of yours. The danger is the other way round: your plans would land in hers.',
    },
    {
      text: 'Nothing. Her code cannot work for you, because Accounts issued it for her calendar and not for yours.',
      why: 'A code is issued to an app, and the app is Tripmate in both cases, so Tripmate could redeem her code for you. The code does not show in whose browser the request began. `state` does.',
    },
    {
      text: 'Your Tripmate could be connected to her calendar, so that she reads your trips there.',
      right: true,
      why: 'You would see “connected” and carry on, and every trip that you add would go to her calendar. Tripmate checks `state` to prevent exactly this.',
    },
  ],
  task: [
    'Be the victim: open [the link from Mallory’s mail](tripmate:/callback?code=MALLORY&state=GUESSED).',
    'Read what Tripmate says. Then [look at Tripmate](tripmate:/): is everything as it was?',
  ],
  proof: [
    {
      title: 'Mallory’s answer is refused',
      finds: { from: 'browser', to: 'client-app', path: '/callback', sends: { state: true }, status: [400] },
      request: {
        code: 'Mallory’s code. Tripmate did not even look at it.',
        state:
          'Tripmate never gave this value to your browser. (For this link it was made up. With her own real `state` the same would happen, because it belongs to her browser.)',
      },
      response: {
        start: 'Refused, before anything was exchanged. No message to Accounts followed.',
      },
    },
    {
      title: 'For comparison: the answer to your own request',
      finds: { from: 'browser', to: 'client-app', path: '/callback', sends: { state: true }, status: [303] },
      request: {
        state: 'A random value that Tripmate made when you chose Connect, and gave to your browser only.',
      },
      response: {
        start: 'Accepted. From now on this `state` is used up, too.',
      },
      optional: true,
    },
  ],
  explanation: [
    'Anyone can make your browser open an address: a link is enough. So Tripmate must not trust an answer only because it arrives.',
    'When you choose Connect, Tripmate makes a random value, remembers it for **your browser**, and sends it along as [[state]]. Accounts returns it unchanged. Tripmate accepts an answer only if it carries a `state` that this very browser was given, and each one only once.',
    'PKCE, the next stop, would stop this attack as well, because her code fits only the verifier of her own attempt. `state` stops it one step earlier, at Tripmate, before the code goes anywhere. It also works where an authorization server does not know PKCE.',
    'Mallory cannot know yours. Her own `state` does not help her either, because it belongs to her browser. Attacks of this kind, in which a stranger makes your browser do something that you did not ask for, are called [[csrf|CSRF]].',
  ],
  thieves: [
    {
      who: 'Mallory plants her answer in your browser, to connect you to her calendar.',
      stopped: '`state`: it is not the value that your browser was given.',
    },
    {
      who: 'Mallory steals your code instead, and plays it into her own session with Tripmate.',
      stopped: '`state` does not help here, because she uses her own. PKCE does. That is the next stop.',
    },
  ],
  lesson:
    'It ties the answer to the browser that began. The client makes a random value, gives it to this browser, and accepts only an answer that brings it back. So nobody can plant an answer of their own in my browser and connect me to their account.',
  readOn: {
    specs: [rfc(6749, '10.12'), rfc(6749, '4.1.1'), rfc(9700, '4.7')],
    sources: [
      {
        path: 'apps/client-app/src/oauth/callback.ts',
        at: 'the state must be one that this browser was given',
        label: 'Tripmate checks the state',
      },
      {
        path: 'apps/client-app/src/oauth/authorization-request.ts',
        at: 'const state =',
        label: 'Tripmate makes the state',
      },
    ],
    terms: ['state', 'csrf', 'session', 'cookie'],
  },
}
