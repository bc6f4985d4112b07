/** Which values an exchange has spent: after it they open nothing, so they may be shown in full. */
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { isHeldArrival, parseBody, pathOf, queryOf } from './read-message'

export interface Spent {
  value: string
  /** In a few words, for people. */
  why: string
}

/** Tokens that ended, by their `jti`, or by the grant that all tokens of a family share. */
export interface EndedTokens {
  ids: string[]
  why: string
}

/**
 * The authorization server says this of a code that it cannot find. It may be another client's, and then it is still good.
 */
const MAY_STILL_BE_GOOD = /unknown, expired/

export function spentBy(exchange: ReportedExchange): Spent[] {
  const { request, response } = exchange
  if (!response) return []
  const path = pathOf(request.target)
  const sent = parseBody(request)
  const got = parseBody(response)
  if (request.method === 'POST' && path === '/token') {
    if (sent.grant_type === 'authorization_code') return spentWithCode(sent, got, response.status)
    if (sent.grant_type === 'refresh_token' && response.status === 200 && got.refresh_token !== sent.refresh_token) {
      return one(sent.refresh_token, 'replaced when it was used')
    }
  }
  if (request.method === 'POST' && path === '/revoke' && response.status === 200) return one(sent.token, 'revoked')
  if (exchange.service === 'client-app' && path === '/callback' && response.status < 400 && !isHeldArrival(exchange)) {
    return one(queryOf(request.target).state, 'used: each state works once')
  }
  return []
}

function spentWithCode(sent: Record<string, unknown>, got: Record<string, unknown>, status: number): Spent[] {
  const redeemed = status === 200
  const burnt =
    status === 400 && got.error === 'invalid_grant' && !MAY_STILL_BE_GOOD.test(String(got.error_description))
  if (!redeemed && !burnt) return []
  const why = redeemed ? 'redeemed: each code works once' : 'used up by an attempt that failed'
  return [...one(sent.code, why), ...one(sent.code_verifier, redeemed ? 'used with its code' : why)]
}

function one(value: unknown, why: string): Spent[] {
  return typeof value === 'string' && value !== '' ? [{ value, why }] : []
}

/** The calendar's poll of the ended tokens names the ones that ended before they expired. */
export function endedIn({ request, response }: ReportedExchange): EndedTokens | undefined {
  if (pathOf(request.target) !== '/ended-tokens' || response?.status !== 200) return undefined
  const { ended } = parseBody(response)
  if (!Array.isArray(ended)) return undefined
  return { ids: ended.map(entry => String(entry?.id)), why: 'ended early: withdrawn, revoked or replayed' }
}
