/** What every file in this folder is: a grant takes an authenticated client and its parameters, and gives a response. */
import type { Context } from '../context'
import type { Client, GrantType } from '../protocol/client'
import type { Parameters } from '../protocol/parameters'
import type { TokenResponse } from '../tokens/issue-tokens'

export interface Grant {
  type: GrantType
  /** @throws OAuthError with a code of RFC 6749 §5.2 */
  redeem(context: Context, client: Client, parameters: Parameters): Promise<TokenResponse>
}
