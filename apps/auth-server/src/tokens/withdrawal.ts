/** Ends tokens before they expire. Each function returns when no copy of the resource server accepts them any more. */
import { seconds } from '@glasshouse/shared/clock'
import type { Context } from '../context'
import type { Scope } from '../protocol/scope'
import * as clients from '../store/clients'
import * as consents from '../store/consents'
import * as endedTokens from '../store/ended-tokens'
import type { Database } from '../store/schema'
import * as tokenFamilies from '../store/token-families'
import { ownFamilyOf } from './access-token'

/** Allowed on top of a lifetime: what two clocks may differ by, and a token that is being signed this moment. In seconds. */
const MARGIN_S = 60

/** Ends a code and every token that came of it: for a replay (RFC 6749 §4.1.2, §10.4) or a revocation (RFC 7009 §2.1). */
export async function endTokenFamily(context: Context, familyId: string): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const seq = await db.transaction().execute(async transaction => {
    const isFirst = await tokenFamilies.end(transaction, familyId, seconds(clock))
    // A code or a token that comes again and again adds to the list once.
    return isFirst
      ? endedTokens.add(transaction, [familyId], await forgetAt(context, transaction))
      : endedTokens.numberOf(transaction, familyId)
  })
  // None: it ended so long ago that it is forgotten.
  if (seq !== undefined) await feed.announced(seq)
}

/** Ends one access token and nothing else. @param expiresAt its `exp`, in seconds since the epoch */
export async function endAccessToken(
  { db, endedTokens: feed }: Context,
  jti: string,
  expiresAt: number,
): Promise<void> {
  const seq = await db.transaction().execute(transaction => endedTokens.add(transaction, [jti], expiresAt + MARGIN_S))
  await feed.announced(seq)
}

/**
 * Notes what a person allows a client from now on, and ends what an earlier answer had allowed beyond it: what `/account`
 * shows is all that there is.
 */
export async function changeConsent(context: Context, userId: string, clientId: string, allowed: Scope): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const now = seconds(clock)
  const seq = await db.transaction().execute(async transaction => {
    await consents.put(transaction, userId, clientId, allowed, now)
    const families = await tokenFamilies.endAllBeyond(transaction, userId, clientId, allowed, now)
    return families.length > 0
      ? endedTokens.add(transaction, families, await forgetAt(context, transaction))
      : undefined
  })
  if (seq !== undefined) await feed.announced(seq)
}

/** Takes back what a person allowed a client: the consent, and every code and token that came of it. */
export async function withdrawConsent(context: Context, userId: string, clientId: string): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const now = seconds(clock)
  const seq = await db.transaction().execute(async transaction => {
    await consents.remove(transaction, userId, clientId)
    const families = await tokenFamilies.endAllOf(transaction, userId, clientId, now)
    return endedTokens.add(transaction, families, await forgetAt(context, transaction))
  })
  await feed.announced(seq)
}

/**
 * Takes a client away (RFC 7592 §2.3), and with it everything it was given: every consent, code and token. A request that
 * waits for an answer finds no client any more.
 */
export async function removeClient(context: Context, clientId: string): Promise<void> {
  const { db, clock, endedTokens: feed } = context
  const now = seconds(clock)
  const seq = await db.transaction().execute(async transaction => {
    // The client first: from here on nothing is issued to it.
    await clients.remove(transaction, clientId)
    await consents.removeAllTo(transaction, clientId)
    const families = await tokenFamilies.endAllOfClient(transaction, clientId, now)
    const ended = [...families, ownFamilyOf(clientId)]
    return endedTokens.add(transaction, ended, await forgetAt(context, transaction))
  })
  await feed.announced(seq)
}

/** When the last access token that may be meant has expired, in seconds since the epoch. */
async function forgetAt({ clock, keys }: Context, transaction: Database): Promise<number> {
  return seconds(clock) + (await keys.longestTokenTtl(transaction)) + MARGIN_S
}
