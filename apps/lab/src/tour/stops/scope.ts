/** Stop 2: a scope is a permission that the app asks for, and that the user may grant in part. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const scope: Stop = {
  id: 'scope',
  question: 'What is a scope?',
  scene:
    'You are signed in, and Accounts asks what Tripmate may do. Tripmate began with a request that contains the words `calendar.read calendar.write`.',
  bet: 'What does the word `calendar.write` stand for?',
  answers: [
    {
      text: 'For one thing that the app may do: a permission that it asks for.',
      right: true,
      why: 'Each word names one permission. The app asks for some, you may grant fewer, and the token carries those that you granted.',
    },
    {
      text: 'For what alice may do in her calendar.',
      why: 'alice may do everything in her calendar, whatever an app asks for. A scope limits the app. It can never give the app more than alice has.',
    },
    {
      text: 'For alice’s agreement, given once, that Tripmate may use her calendar.',
      why: 'That is consent: your decision. A scope is only what the decision is about. The next stop shows the difference.',
    },
  ],
  task: [
    'Go back to the page that asks what Tripmate may do. If it is gone, [ask for it again](tripmate:/connect?ask=write).',
    '**Untick “Add and change events”**, then choose **Allow**.',
    'Back at Tripmate, look for the button **Add to calendar**. Can you press it?',
  ],
  proof: [
    {
      title: 'What Tripmate asked for',
      finds: { from: 'browser', to: 'auth-server', path: '/authorize', sends: { scope: true } },
      request: {
        scope: 'Two permissions are asked for. Between them is a space, which an address writes as `+`.',
      },
    },
    {
      title: 'What Tripmate got',
      finds: {
        from: 'client-app',
        to: 'auth-server',
        path: '/token',
        sends: { grant_type: 'authorization_code' },
        status: [200],
        answers: { scope: 'calendar.read' },
      },
      response: {
        access_token: 'The key to your calendar. It carries the granted scope inside, signed by Accounts.',
        scope: 'One permission, because you unticked the other. This line tells Tripmate, so its button is grey.',
      },
    },
  ],
  explanation: [
    'A [[scope]] is a word on which Accounts and Calendar have agreed. Here there are two: `calendar.read` lets an app see events, and `calendar.write` lets it add, change and delete them. Other services have other words.',
    'The app asks for scopes, and you decide which of them it gets. Accounts writes those into the [[access-token]], and Calendar looks at them at every request. Tripmate’s grey button is only politeness: if Tripmate tried anyway, Calendar would answer 403, `insufficient_scope`.',
    'A scope never adds anything to what you may do yourself. With your token, Tripmate cannot see bob’s events, however many scopes the token carries.',
  ],
  thieves: [
    {
      who: 'A thief steals this token from Tripmate.',
      stopped:
        'It lets the thief read until it expires. It cannot add or delete one event, because you did not grant that.',
    },
    {
      who: 'An app asks for more than it needs, just in case.',
      stopped: 'You see the list before anything is granted, and you may untick what you do not want to give.',
    },
  ],
  lesson:
    'The name of one permission. The app asks for scopes, the user may grant fewer, the token carries the granted ones, and the API checks them at every request. A scope limits the app, and never gives it more than the user has.',
  readOn: {
    specs: [rfc(6749, '3.3'), rfc(6750, '3.1')],
    sources: [
      {
        path: 'apps/auth-server/src/pages/consent.ts',
        at: 'SCOPE_IN_WORDS',
        label: 'The scopes, in words for the user',
      },
      {
        path: 'apps/calendar-api/src/bearer-token.ts',
        at: 'insufficient_scope, 403',
        label: 'Calendar checks the scope',
      },
    ],
    terms: ['scope', 'access-token'],
  },
}
