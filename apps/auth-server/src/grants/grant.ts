/** Each file in this folder is a grant: it takes an authenticated client and its parameters and returns a token response. */
import type { Context } from '../context'
import type { Client, GrantType } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import type { Parameters } from '../protocol/parameters'
import { commonScope, type Scope } from '../protocol/scope'
import type { TokenResponse } from '../tokens/issue-tokens'

export interface Grant {
  type: GrantType
  /** @throws OAuthError with a code of RFC 6749 §5.2 */
  redeem(context: Context, client: Client, parameters: Parameters): Promise<TokenResponse>
}

/**
 * RFC 6749 §5.2, `invalid_grant`, for several causes that outsiders should not be able to tell apart.
 * @param general names all of them; used in production
 * @param cause the actual cause, for the log and, in demo mode, for the developer
 */
export function invalidGrant({ config }: Context, general: string, cause: string): OAuthError {
  return new OAuthError('invalid_grant', config.demo ? cause : general, 400, {}, cause)
}

/**
 * RFC 7592 §2.2: a client may have given up part of its scope since the grant. It does not get that part again.
 * @throws OAuthError `invalid_grant` if no scope is left
 */
export function stillRegistered(client: Client, granted: Scope): Scope {
  const scope = commonScope(granted, client.scope)
  if (scope.length > 0) return scope
  throw new OAuthError('invalid_grant', 'this client is no longer registered for any scope that was granted')
}
