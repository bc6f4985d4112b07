/** Token introspection (RFC 7662): resource servers ask about tokens that they receive, clients about their own. */
import { seconds } from '@glasshouse/shared/clock'
import { Router } from 'express'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { invalidClient, readClientCredentials } from '../protocol/client-authentication'
import { refuseRepeated } from '../protocol/parameters'
import { commonScope, formatScope } from '../protocol/scope'
import * as endedTokens from '../store/ended-tokens'
import * as refreshTokens from '../store/refresh-tokens'
import { type AccessTokenClaims, familyOf, readAccessToken } from '../tokens/access-token'
import { authenticateClient } from '../tokens/authenticate-client'
import { hashToken } from '../tokens/opaque-token'
import { authorizationOf, form, formParameters, jsonErrors, methodNotAllowed, noStore } from './answer'

/** RFC 7662 §2.2, with the names used on the wire. Times are in seconds since the epoch. */
type Introspection =
  | { active: false }
  | ({ active: true; token_type: 'Bearer' } & AccessTokenClaims)
  /** A refresh token has no `token_type`: RFC 6749 §7.1 defines types only for access tokens. */
  | { active: true; scope: string; client_id: string; sub: string; iss: string; exp: number; iat: number }

/** §2.2: the answer is the same for a token that is unknown, has ended, or does not concern the asker. */
const INACTIVE = { active: false } as const

export function introspectionEndpoint(context: Context): Router {
  const router = Router()
  router.post('/', noStore, form, async (request, response) => {
    const parameters = formParameters(request)

    // §2.1, §4: the endpoint MUST require authorization, so that nobody can test guessed tokens. A client_id is not
    // enough.
    const asker = await authenticateClient(
      context,
      readClientCredentials(authorizationOf(request), parameters),
      request.ip,
    )
    if (asker.type === 'public') throw invalidClient('a client without a secret cannot use this endpoint')

    // §2.1: token is REQUIRED. token_type_hint is ignored: it says where to look first, and there are only two places.
    const token = parameters.require('token')
    refuseRepeated(parameters)
    response.json(await introspect(context, asker, token))
  })
  router.all('/', noStore, methodNotAllowed('POST'))
  router.use(jsonErrors(context.log))
  return router
}

async function introspect(context: Context, asker: Client, token: string): Promise<Introspection> {
  return (await introspectAccessToken(context, asker, token)) ?? introspectRefreshToken(context, asker, token)
}

/** @returns undefined if the token is not an access token of this server */
async function introspectAccessToken(
  { db, keys, clock }: Context,
  asker: Client,
  token: string,
): Promise<Introspection | undefined> {
  // §4: the token's signature MUST be checked.
  const claims = readAccessToken(await keys.all(), token)
  if (!claims) return undefined

  // §4: a resource server may ask about tokens meant for it, and a client about its own.
  const meantForAsker = asker.resource !== undefined && [claims.aud].flat().includes(asker.resource)
  if (!meantForAsker && claims.client_id !== asker.id) return INACTIVE

  // §4: if the token can expire, the authorization server MUST determine whether it has.
  if (claims.exp <= seconds(clock)) return INACTIVE

  // §4: if it can be revoked, the authorization server MUST determine whether that has happened.
  if (await endedTokens.includes(db, claims.jti, familyOf(claims.jti))) return INACTIVE

  return { active: true, token_type: 'Bearer', ...claims }
}

async function introspectRefreshToken(
  { db, config, clock }: Context,
  asker: Client,
  token: string,
): Promise<Introspection> {
  const refreshToken = await refreshTokens.find(db, hashToken(token))
  if (!refreshToken || refreshToken.clientId !== asker.id) return INACTIVE
  // Since the token was issued, the client may have given up the refresh_token grant or part of its scope.
  if (!asker.grantTypes.includes('refresh_token')) return INACTIVE
  const { family, replaced, expiresAt, issuedAt } = refreshToken
  if (replaced || family.ended || expiresAt <= seconds(clock)) return INACTIVE
  const scope = commonScope(family.scope, asker.scope)
  if (scope.length === 0) return INACTIVE
  return {
    active: true,
    scope: formatScope(scope),
    client_id: refreshToken.clientId,
    sub: family.userId,
    iss: config.issuer,
    exp: expiresAt,
    iat: issuedAt,
  }
}
