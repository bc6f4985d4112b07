/** Step 7: an app exchanges its refresh token for a new pair of tokens. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type Check, calledFrom, unreadable } from './check'
import { has } from './facts'
import { noParameterTwice, resourceGranted, resourceKnown, UNKNOWN_SCOPE } from './shared-checks'

const GRANT = `${AUTH_SERVER}/grants/refresh-token.ts`

export const refreshTokenGrant: Check[] = [
  {
    name: 'refresh-token-sent',
    sentence: 'The request contains a refresh token.',
    section: rfc(6749, '6'),
    without: 'There would be nothing that shows that a user once said yes.',
    file: GRANT,
    anchor: "parameters.require('refresh_token')",
    why: ['refresh_token is missing', ...unreadable('refresh_token')],
  },
  {
    name: 'refresh-token-of-this-client',
    sentence: 'This server has issued this refresh token, and to this app.',
    section: rfc(6749, '10.4'),
    without: 'An app could use refresh tokens that it stole from another app.',
    file: GRANT,
    anchor: 'if (!token || token.clientId !== client.id) {',
    why: [
      'refresh_token was issued to another client',
      'refresh_token is unknown',
      'refresh_token is unknown or was issued to another client',
    ],
  },
  {
    name: 'access-not-withdrawn',
    sentence: 'The user has not withdrawn the permission since.',
    section: rfc(6749, '6'),
    without: 'An app would keep its access after the user had taken it away.',
    file: GRANT,
    anchor: 'if (family.ended)',
    why: ['the access that this refresh_token was issued for has been withdrawn'],
  },
  {
    name: 'refresh-token-unused',
    sentence: 'The refresh token has not been replaced by a newer one.',
    section: rfc(9700, '4.14.2'),
    without: 'A thief who copied a refresh token could go on using it beside the app, and nobody would notice.',
    file: GRANT,
    anchor: 'if (token.replaced) return refuseReplay(context, family.id)',
    why: [
      'refresh_token was already used, so every token of this connection has been revoked; send the user through authorization again',
    ],
  },
  {
    name: 'refresh-token-not-expired',
    sentence: 'The refresh token has not expired.',
    section: rfc(6749, '6'),
    without: 'A token that was forgotten somewhere would open the calendar for ever.',
    file: GRANT,
    anchor: 'if (token.expiresAt <= now)',
    why: ['refresh_token has expired; send the user through authorization again'],
  },
  ...calledFrom({ file: GRANT, anchor: 'stillRegistered(client, family.scope)' }, [
    {
      name: 'scope-still-registered',
      sentence: 'The app is still registered for what the user allowed.',
      section: rfc(7592, '2.2'),
      without: 'An app would keep powers that it has given up.',
      file: `${AUTH_SERVER}/grants/grant.ts`,
      anchor: 'if (scope.length > 0) return scope',
      why: ['this client is no longer registered for any scope that was granted'],
    },
  ]),
  ...calledFrom({ file: GRANT, anchor: 'readNarrowedScope(parameters, stillRegistered(client, family.scope))' }, [
    {
      name: 'scope-within-grant',
      sentence: 'The app asks for no more than the user allowed.',
      section: rfc(6749, '6'),
      without: 'An app that may only read could give itself permission to write, without asking the user.',
      file: GRANT,
      anchor: 'if (scope.length === 0 || !includesScope(granted, scope)) {',
      why: ['scope asks for more than was granted', ...UNKNOWN_SCOPE],
      when: has('scope'),
    },
  ]),
  ...resourceKnown({ file: GRANT, anchor: 'await askedAudience(context, parameters)' }),
  ...resourceGranted({ file: GRANT, anchor: 'await askedAudience(context, parameters))' }),
  ...noParameterTwice({ file: GRANT, anchor: 'refuseRepeated(parameters)' }),
]
