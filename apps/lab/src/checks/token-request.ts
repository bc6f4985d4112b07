/** Steps 4 and 7, the token request: what every grant has in common, then the checks of the grant. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { authorizationCodeGrant } from './authorization-code'
import { AUTH_SERVER, type Check, type CheckList, calledFrom, type Place, unreadable } from './check'
import { formAndClient } from './client-authentication'
import { clientCredentialsGrant } from './client-credentials'
import { arrivesAt, parameter } from './facts'
import { refreshTokenGrant } from './refresh-request'

const TOKEN = `${AUTH_SERVER}/endpoints/token.ts`

const COMMON: Check[] = [
  ...formAndClient(TOKEN),
  {
    name: 'grant-type-known',
    sentence: 'The request names a grant type (grant_type) that this server supports.',
    section: rfc(6749, '5.2'),
    without: 'The server would have to guess which rules apply, and an attacker would pick the weakest.',
    file: TOKEN,
    anchor: 'if (!grant)',
    why: [
      'grant_type is missing',
      'grant_type is not supported; grant_types_supported in the metadata lists those that are',
      ...unreadable('grant_type'),
    ],
  },
  {
    name: 'grant-type-allowed',
    sentence: 'This app is registered for that grant_type.',
    section: rfc(6749, '5.2'),
    without: 'A thief with the app’s secret could use every way to get tokens, although the app needs only one.',
    file: TOKEN,
    anchor: 'if (!client.grantTypes.includes(grant.type)) {',
    why: ['this client is not registered for grant_type …'],
  },
]

const REDEEM: Place = { file: TOKEN, anchor: 'await grant.redeem(context, client, parameters)' }

const arrives = arrivesAt(/^\/token\/?$/, 'POST')

function tokenRequest(grantType: string, checks: Check[]): CheckList {
  return {
    receiver: 'auth-server',
    receives: message => arrives(message) && parameter(message, 'grant_type') === grantType,
    checks: [...COMMON, ...calledFrom(REDEEM, checks)],
  }
}

export const tokenRequests: CheckList[] = [
  tokenRequest('authorization_code', authorizationCodeGrant),
  tokenRequest('refresh_token', refreshTokenGrant),
  tokenRequest('client_credentials', clientCredentialsGrant),
  // Any other grant_type, or none.
  { receiver: 'auth-server', receives: arrives, checks: COMMON },
]
