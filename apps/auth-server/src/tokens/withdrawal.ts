/** Revokes tokens before they expire. Each function returns once no copy of the resource server accepts them. */
import { seconds } from '@glasshouse/shared/clock'
import { inOneCommit } from '@glasshouse/shared/one-commit'
import type { Context } from '../context'
import type { Scope } from '../protocol/scope'
import * as clients from '../store/clients'
import * as consents from '../store/consents'
import * as endedTokens from '../store/ended-tokens'
import type { Database } from '../store/schema'
import * as tokenFamilies from '../store/token-families'
import { ownFamilyOf } from './access-token'

/** Added to a token's lifetime for clocks that differ and for a token that is just being signed. In seconds. */
const MARGIN_S = 60

/** Ends a code and every token that came from it, after a replay (RFC 6749 §4.1.2, §10.4) or a revocation (RFC 7009 §2.1). */
export async function endTokenFamily(context: Context, familyId: string): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const seq = await inOneCommit(db, async transaction => {
    const isFirst = await tokenFamilies.end(transaction, familyId, seconds(clock))
    // However often a code or a token is replayed, it adds one entry to the list.
    return isFirst
      ? endedTokens.add(transaction, [familyId], await forgetAt(context, transaction))
      : endedTokens.numberOf(transaction, familyId)
  })
  // No entry: the family ended so long ago that its entry has been deleted.
  if (seq !== undefined) await feed.announced(seq)
}

/** Revokes one access token and nothing else. @param expiresAt its `exp`, in seconds since the epoch */
export async function endAccessToken(
  { db, endedTokens: feed }: Context,
  jti: string,
  expiresAt: number,
): Promise<void> {
  const add = (transaction: Database) => endedTokens.add(transaction, [jti], expiresAt + MARGIN_S)
  // However often a token is revoked, it needs one entry on the list.
  const known = await endedTokens.numberOf(db, jti)
  await feed.announced(known ?? (await inOneCommit(db, add, { name: 'ended tokens', row: 'counter' })))
}

/**
 * Records what a user allows a client from now on, and ends whatever an earlier decision allowed beyond it, so that
 * `/account` shows all access there is.
 */
export async function changeConsent(context: Context, userId: string, clientId: string, allowed: Scope): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const now = seconds(clock)
  const seq = await inOneCommit(db, async transaction => {
    await consents.put(transaction, userId, clientId, allowed, now)
    const families = await tokenFamilies.endAllBeyond(transaction, userId, clientId, allowed, now)
    return families.length > 0
      ? endedTokens.add(transaction, families, await forgetAt(context, transaction))
      : undefined
  })
  if (seq !== undefined) await feed.announced(seq)
}

/** Withdraws what a user allowed a client: the consent, and every code and token that came from it. */
export async function withdrawConsent(context: Context, userId: string, clientId: string): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const now = seconds(clock)
  const seq = await inOneCommit(db, async transaction => {
    await consents.remove(transaction, userId, clientId)
    const families = await tokenFamilies.endAllOf(transaction, userId, clientId, now)
    return endedTokens.add(transaction, families, await forgetAt(context, transaction))
  })
  await feed.announced(seq)
}

/**
 * Deletes a client (RFC 7592 §2.3) and everything it was granted: every consent, code and token. Requests that wait for an
 * answer will no longer find their client.
 */
export async function removeClient(context: Context, clientId: string): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const now = seconds(clock)
  const seq = await inOneCommit(db, async transaction => {
    // The client first: from now on nothing is issued to it.
    await clients.remove(transaction, clientId)
    await consents.removeAllTo(transaction, clientId)
    const families = await tokenFamilies.endAllOfClient(transaction, clientId, now)
    const ended = [...families, ownFamilyOf(clientId)]
    return endedTokens.add(transaction, ended, await forgetAt(context, transaction))
  })
  await feed.announced(seq)
}

/** When the last access token concerned has expired, in seconds since the epoch. */
async function forgetAt({ clock, keys }: Context, transaction: Database): Promise<number> {
  return seconds(clock) + (await keys.longestTokenTtl(transaction)) + MARGIN_S
}
