/** The authorization code grant: the access token request (RFC 6749 §4.1.3). */
import { seconds } from '@glasshouse/shared/clock'
import type { Context } from '../context'
import { type Client, isHeldToPkce } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, refuseRepeated } from '../protocol/parameters'
import { verifyCodeVerifier } from '../protocol/pkce'
import { narrowAudience } from '../protocol/resource'
import * as authorizationCodes from '../store/authorization-codes'
import { askedAudience } from '../tokens/audience'
import { issueTokens, type TokenResponse } from '../tokens/issue-tokens'
import { hashToken } from '../tokens/opaque-token'
import { endTokenFamily } from '../tokens/withdrawal'
import { type Grant, invalidGrant, stillRegistered } from './grant'

export const authorizationCodeGrant: Grant = { type: 'authorization_code', redeem }

async function redeem(context: Context, client: Client, parameters: Parameters): Promise<TokenResponse> {
  const { db, clock } = context

  // RFC 6749 §4.1.3: code is REQUIRED.
  const hash = hashToken(parameters.require('code'))

  // §4.1.3: the code was issued to this client, and is valid. §4.1.2: it MUST NOT be used more than once.
  // Whatever makes this attempt fail below, the code is used up, so that nobody can guess a verifier twice.
  const now = seconds(clock)
  const code = await authorizationCodes.redeem(db, hash, client.id, now)
  if (!code) return refuse(context, client, await authorizationCodes.find(db, hash), now)

  // §4.1.3: redirect_uri, if it was in the authorization request, must be present here and identical.
  const redirectUri = parameters.get('redirect_uri')
  if (code.redirectUriGiven && redirectUri === undefined) {
    throw new OAuthError('invalid_grant', 'redirect_uri is missing; the authorization request had one')
  }
  if (redirectUri !== undefined && redirectUri !== code.redirectUri) {
    throw new OAuthError('invalid_grant', 'redirect_uri differs from the one in the authorization request')
  }

  // RFC 7636 §4.6
  verifyCodeVerifier(code.codeChallenge, parameters.get('code_verifier'), isHeldToPkce(client))

  // RFC 8707 §2.2: resource, if present, must be within what the authorization request asked for.
  const audience = narrowAudience(code.family.audience, await askedAudience(context, parameters))

  // RFC 6749 §3.2: parameters MUST NOT be included more than once, even those that are not used here.
  refuseRepeated(parameters)

  // If the family was ended at this very moment, the tokens issued here are already invalid, and every API knows it.
  return issueTokens(context, client, code.family, { scope: stillRegistered(client, code.family.scope), audience })
}

/** @param code the stored code, if it exists. @throws OAuthError `invalid_grant` */
async function refuse(
  context: Context,
  client: Client,
  code: authorizationCodes.StoredCode | undefined,
  now: number,
): Promise<never> {
  // §4.1.2: if it is used more than once, the tokens from the first use SHOULD be revoked.
  const isReplay = code?.redeemed && code.clientId === client.id
  if (isReplay) await endTokenFamily(context, code.familyId)
  const general = 'code is unknown, expired, used before, or was issued to another client'
  throw invalidGrant(context, general, causeOf(client, code, now))
}

function causeOf(client: Client, code: authorizationCodes.StoredCode | undefined, now: number): string {
  if (!code) return 'code is unknown; send the whole code of the authorization response, decoded'
  if (code.clientId !== client.id) return 'code was issued to another client'
  if (code.redeemed) return 'code was used before; a code works once, even when its first use is refused'
  if (code.expiresAt <= now) return `code expired ${now - code.expiresAt} seconds ago; redeem it as soon as it arrives`
  return 'the access that this code was issued for has been withdrawn'
}
