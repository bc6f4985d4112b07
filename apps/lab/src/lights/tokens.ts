/** The tokens of a run: the newest access token and refresh token that Tripmate got in it, and the last one that was replaced. */
import type { Message } from '../capture/messages'
import { pathOf } from '../capture/read-message'
import { referencedIds } from '../capture/references'
import type { ValueVault } from '../capture/value-vault'
import type { SecretValueTable, ValueKind } from '../store/schema'

export interface TokensOfRun {
  accessToken: (SecretValueTable & { jti: string; exp: number }) | undefined
  refreshToken: SecretValueTable | undefined
  /** A refresh token that was replaced, as far as it is known in full. */
  replaced: string | undefined
  /** What all tokens of one authorization have in common. */
  grant: string | undefined
}

export function tokensOf(messages: Message[], values: ValueVault): TokensOfRun {
  const issued = messages
    .filter(({ to, request, response }) => to === 'auth-server' && isTokenResponse(request.target, response?.status))
    .filter(({ from }) => from === 'client-app')
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .map(({ response }) => referencedIds(response?.body ?? '').flatMap(id => values.get(id) ?? []))
  const newest = (kind: ValueKind) => issued.map(tokens => tokens.find(token => token.kind === kind)).at(-1)
  const accessToken = withClaims(newest('access_token'))
  const grant = accessToken?.jti.split('.')[0]
  const replaced = issued
    .flat()
    .findLast(token => token.kind === 'refresh_token' && token.belongs_to === grant && token.spent_at !== null)
  return { accessToken, refreshToken: newest('refresh_token'), replaced: replaced?.plain ?? undefined, grant }
}

function isTokenResponse(target: string, status: number | undefined): boolean {
  return pathOf(target) === '/token' && status === 200
}

function withClaims(token: SecretValueTable | undefined): TokensOfRun['accessToken'] {
  const { jti, exp } = (token?.claims && JSON.parse(token.claims).claims) || {}
  return token && typeof jti === 'string' && typeof exp === 'number' ? { ...token, jti, exp } : undefined
}
