/** What the files that hold checks say besides, and why no check is behind it. Everything else has to belong to a check. */

/** Here the refusal's code or name says which check it is: the texts are many, and all alike. */
export const CLAIMED_BY_CODE = [
  'apps/auth-server/src/protocol/client-metadata.ts',
  'apps/calendar-api/src/calendar/event-input.ts',
  'apps/calendar-api/src/json-body.ts',
  'apps/calendar-api/src/problem.ts',
]

/** Functions that build a refusal out of texts that are checked where they stand, and errors that are passed on. */
export const BUILT_ELSEWHERE = [
  'alreadyAnswered',
  'consentChanged',
  'error',
  'invalidGrant',
  'invalidRequest',
  'noSuchEvent',
  'noToken',
  'notConnected',
  'PageError',
  'preconditionFailed',
  'Refusal',
  'refusal',
  'tooManyGuesses',
  'whyNot',
  'withChallenge',
]

const LINK = 'See which apps have access'

export const OTHER_TEXTS: Record<string, string[]> = {
  'apps/auth-server/src/endpoints/answer.ts': [
    // Not a check of the request, but of the method, the store, or the server itself.
    'this endpoint accepts only …',
    'something went wrong on the server; its log has the details under this request id',
    'the server cannot reach its data right now; try again in a few seconds',
  ],
  'apps/auth-server/src/endpoints/authorization-response.ts': [
    // Titles and links of the pages.
    'The permission of this app was just changed',
    'You have already answered this request',
    'Go to …',
    LINK,
  ],
  'apps/auth-server/src/endpoints/authorize.ts': [
    // The text of a check, with a full stop.
    '….',
  ],
  'apps/auth-server/src/endpoints/register.ts': [
    'GET, PUT, DELETE',
    'Bearer realm="Glasshouse Accounts"',
    // In production only. The Lab exists in demo mode only.
    'registration is closed; the operator can open it by setting INITIAL_ACCESS_TOKEN',
    'the initial access token is wrong; ask the operator of this server for it',
    // Claimed by their code, invalid_client_metadata.
    '`…` is set by the server; omit it',
    'client_id is missing or different; send the one that was issued',
    'client_secret is wrong; send the one that was issued, or omit it',
  ],
  'apps/auth-server/src/app.ts': ['POST, GET, PUT, DELETE'],
  'apps/auth-server/src/pages/consent.ts': [
    // On the page; the log has its own words.
    'See your calendar',
    'All events, with their titles, times and places.',
    'Add and change events',
    'Create new events and calendars, and change or delete existing ones.',
    'See and change your calendar',
    'All events, with their titles, times and places. Create new events and calendars, and change or delete existing ones.',
    'See, add and change events',
    'All events, with their titles, times and places. Create new events, and change or delete existing ones.',
    'See your events',
    'See when you are busy',
    'Only the times, without titles or places.',
    'Tick at least one box to allow access, or choose “Deny” to give … no access.',
    'Choose “Allow” or “Deny”.',
    'the app on this device that opens … links',
    '…, which is this device',
  ],
  'apps/auth-server/src/pages/login.ts': [
    'Enter your username and your password.',
    'Too many wrong passwords. To protect the account, signing in is paused. Try again in ….',
    'The username or the password is wrong. Check both and try again.',
  ],
  'apps/auth-server/src/pages/pending-request.ts': ['This request is no longer valid', LINK],
  'apps/auth-server/src/protocol/client-authentication.ts': ['Basic realm="Glasshouse Accounts", charset="UTF-8"'],
  'apps/auth-server/src/protocol/scope.ts': ['…; known values: …'],
  // What the sender is told, whichever of the causes in the log it was.
  'apps/auth-server/src/tokens/authenticate-client.ts': [
    'client authentication failed: unknown client, or wrong or missing secret',
  ],
  'apps/calendar-api/src/bearer-token.ts': ['Try again in a second.', 'Authorization Server Unavailable'],
  'apps/calendar-api/src/challenge.ts': ['The access token was rejected. …'],
  'apps/calendar-api/src/endpoints/events.ts': [
    'GET, HEAD, POST',
    'GET, HEAD, PUT, PATCH, DELETE',
    // Claimed by its name, event.
    'cannot be changed',
    'must not be that of a single event of a series',
    'must be empty for a single event of a series',
    'This event does not repeat, so it has no instances.',
  ],
  // In the log only: the model gets the text of the API.
  'apps/calendar-api/src/endpoints/mcp.ts': ['tool call refused'],
  // A pattern.
  'apps/calendar-api/src/entity-tags.ts': ['^[ \\t]*(?:…[ \\t]*)?(?:,[ \\t]*(?:…[ \\t]*)?)*$'],
  'apps/client-app/src/oauth/callback.ts': [
    'Your calendar is connected. Here is … again.',
    'Your calendar is connected.',
    'Your calendar is already connected.',
    'a state that is not from this browser',
    'Tripmate did not give this browser this value, so it refuses the answer.',
    'The answer has … and error=… (RFC 6749 §4.1.2.1): the authorization server refused the request. See error_description in the address of this page.',
    'The answer has …. Tripmate accepts only an answer with the state that it gave this browser at /connect (RFC 6749 §10.12), so it refuses the answer to an authorization request made by hand.',
    'This answer cannot be used',
    '… Nothing was connected. Please connect your calendar again.',
  ],
  'apps/client-app/src/oauth/refusal.ts': [
    // On the page; the log has the error code.
    'Back to Tripmate',
    'Glasshouse Accounts did not understand Tripmate’s request.',
    'Tripmate is not allowed to make this request.',
    'Glasshouse Accounts does not support the type of response that Tripmate asked for.',
    'Glasshouse Accounts does not offer the access that Tripmate asked for.',
    'Something went wrong at Glasshouse Accounts.',
    'Glasshouse Accounts is too busy right now.',
    'Glasshouse Accounts did not give Tripmate access.',
    'Glasshouse Accounts did not accept the code. A code works once, and only for a short time. Connect again to get a new one.',
    'Glasshouse Accounts refused Tripmate’s request for an access token.',
    '… … Nothing was stored.',
    'Your calendar was not connected',
    'It said “…”.',
  ],
  'packages/shared/src/anti-forgery.ts': [
    'Go to the start page',
    '… Nothing was changed. Open the page again and send the form from there.',
    '… What you typed is below.',
    'This form cannot be accepted',
  ],
}
