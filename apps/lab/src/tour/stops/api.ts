/** Stop 8: what the calendar checks, a revoked token included. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const api: Stop = {
  id: 'api',
  question: 'What does the API check?',
  scene:
    'Tripmate shows your events: it got them from Calendar, with the access token. You are signed in at Accounts, in this very browser, and the events are yours.',
  bet: 'You open the address of your own events in your browser. What does Calendar do?',
  answers: [
    {
      text: 'It shows my events. I am signed in, and they are mine.',
      why: 'Calendar knows of no sign-in and reads no cookies. It asks one question only: which access token came with the request?',
    },
    {
      text: 'It asks Accounts who I am, and then shows my events.',
      why: 'It does not ask Accounts about people. All it needs stands in the token, signed by Accounts. Without a token there is nothing to check.',
    },
    {
      text: 'It refuses, because the request brings no access token.',
      right: true,
      why: 'The token decides, not the person. Tripmate’s request has one, and yours has none.',
    },
  ],
  task: [
    'Open [Tripmate](tripmate:/), which shows you your events. If it is not connected, [connect it](tripmate:/connect).',
    'Then open [the same events at Calendar](calendar:/calendar/events), with nothing but your browser. You see the answer as an app gets it. Close that tab to come back.',
    'Last, revoke the token and have it shown again: at [the lights of your newest run](run:#lights) choose **Revoke this one token**, then **Let Tripmate use it**.',
  ],
  proof: [
    {
      title: 'Your browser, without a token',
      finds: { from: 'browser', to: 'calendar-api', path: '/calendar/events', status: [401] },
      request: {
        start: 'There is no `Authorization` line below.',
        cookie: 'Your browser sends what it has. Calendar does not look at it.',
      },
      response: {
        start: 'Refused.',
        'www-authenticate':
          'This says how to do it right: bring a bearer token. The address tells a program where to get one.',
      },
    },
    {
      title: 'Tripmate, with the token',
      finds: { from: 'client-app', to: 'calendar-api', path: '/calendar/events', status: [200, 201] },
      request: {
        authorization:
          'The access token. “Bearer” means: whoever bears it gets in. So you see only its last characters while it still works.',
      },
      response: {
        start: 'All checks passed.',
      },
      claims: {
        iss: 'Who issued it? Only Accounts is accepted, and the signature must fit one of its published keys.',
        aud: 'For which API? A token for another one is refused.',
        exp: 'Until when? After that, it is refused.',
        jti: 'Which token is it? Calendar looks for this id on the list of revoked tokens that it gets from Accounts.',
        scope: 'For what? To see events it needs `calendar.read`, to add one `calendar.write`.',
        sub: 'Whose events? This is your id at Accounts. No other user’s events are shown or changed.',
      },
    },
    {
      title: 'A token that was revoked',
      finds: {
        to: 'calendar-api',
        path: '/calendar/events',
        status: [401],
        answers: { detail: 'The access token was rejected. It was withdrawn.' },
      },
      request: {
        authorization: 'The token from before. It opens nothing now, so you see all of it.',
      },
      response: {
        start: 'Refused, although nobody has changed the token and its time is not over.',
        'www-authenticate': 'This names the reason.',
      },
      claims: {
        exp: 'Not over yet. The token itself does not show that it was revoked.',
        jti: 'This id is on the list that Accounts sent to Calendar.',
      },
    },
  ],
  explanation: [
    'Calendar checks the token, in this order: Is there one? Is it an access token, and does the **signature** fit a key of Accounts? Was it issued by Accounts, **for this API**? Has it **expired**? Was it **revoked**? Does it carry the **scope** that this request needs? Then it answers with the events of the user in the token, and of nobody else.',
    'A **revoked** token is refused, although its signature fits and it has not expired. How does Calendar know? Accounts keeps a list of the tokens that were revoked early, and Calendar holds a request for news of it open all the time (`GET /ended-tokens`). How soon? Accounts confirms the revocation only after Calendar has the new list, so by then the token is already refused. If Calendar cannot reach Accounts, it refuses every token after 3 seconds at most.',
    'Calendar makes these checks itself, without asking Accounts at each request, because the token is a [[jwt|JWT]]: a few [[claim|claims]], signed by Accounts. Anyone can *read* them. To *trust* them, one has to check the signature. Whoever changes one letter breaks it.',
    'Calendar does **not** check who sends the request. It cannot tell Tripmate from a thief with the same token. That is what [[bearer-token|bearer]] means, and it is the reason for all the care on the way.',
  ],
  thieves: [
    {
      who: 'Mallory steals the access token.',
      stopped:
        'Nothing, at that moment: whoever shows the token is let in. So the damage is kept small. The token never passes through the browser, it expires within an hour, you can withdraw it, and it opens only what its scope allows.',
    },
    {
      who: 'Mallory has a read-only token and writes `calendar.write` into it.',
      stopped: 'The signature no longer fits: 401.',
    },
    {
      who: 'Mallory runs another API, gets your token for it, and tries it at Calendar.',
      stopped: 'Its `aud` names her API, not this one: 401.',
    },
  ],
  lesson:
    'The token, and nothing else: that the authorization server signed it, that it is meant for this API, has not expired, is not on the list of revoked tokens (its signature and its time cannot show that), and carries the scope needed. Then it serves only the data of the user named in it. It does not check who sends it.',
  readOn: {
    specs: [rfc(6750, '2.1'), rfc(6750, '3.1'), rfc(9068, '4')],
    docs: [{ path: 'docs/decisions/jwt-and-withdrawal.md', label: 'Why JWT, and how withdrawal still works' }],
    sources: [
      {
        path: 'apps/calendar-api/src/bearer-token.ts',
        at: 'export async function checkAccessToken',
        label: 'Every check, in order',
      },
    ],
    terms: ['bearer-token', 'jwt', 'claim', 'audience', 'issuer', 'signature'],
  },
}
