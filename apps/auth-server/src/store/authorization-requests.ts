/**
 * Authorization requests that wait for the user's answer. A record, not the session, carries a request through sign-in
 * and consent, so two tabs never mix and an answer to one request cannot be used for another.
 */
import type { AuthorizationRequest } from '../protocol/authorization-request'
import { parsePrompt } from '../protocol/prompt'
import { formatAudience, parseAudience } from '../protocol/resource'
import { formatScope, parseScope } from '../protocol/scope'
import type { AuthorizationRequestTable, Database } from './schema'

export interface PendingAuthorizationRequest extends AuthorizationRequest {
  id: string
  /** The browser that sent it. */
  browser: string
  /** The request as received: method, path, and query or body. */
  received: string
  /** The `prompt` parameter, empty without one. */
  promptText: string
  /** False until the user is asked something: a request that is answered at once is never stored. */
  isStored: boolean
  /** Seconds since the epoch; undefined until the user has signed in to answer this request. */
  signedInAt: number | undefined
  /** Seconds since the epoch; undefined until it was answered. */
  decidedAt: number | undefined
}

export async function add(
  db: Database,
  request: PendingAuthorizationRequest,
  now: number,
  expiresAt: number,
): Promise<void> {
  await db
    .insertInto('authorization_requests')
    .values({
      id: request.id,
      browser: request.browser,
      client_id: request.clientId,
      redirect_uri: request.redirectUri,
      redirect_uri_given: request.redirectUriGiven ? 1 : 0,
      scope: formatScope(request.scope),
      state: request.state ?? null,
      code_challenge: request.codeChallenge ?? null,
      audience: formatAudience(request.audience),
      prompt: request.promptText,
      received: request.received,
      created_at: now,
      expires_at: expiresAt,
      signed_in_at: null,
      decided_at: null,
    })
    .execute()
}

/** A request from this browser that has not expired, answered or not. */
export async function find(
  db: Database,
  id: string,
  browser: string,
  now: number,
): Promise<PendingAuthorizationRequest | undefined> {
  const row = await db
    .selectFrom('authorization_requests')
    .selectAll()
    .where('id', '=', id)
    .where('browser', '=', browser)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row && toRequest(row)
}

export async function markSignedIn(db: Database, id: string, now: number): Promise<void> {
  await db.updateTable('authorization_requests').set({ signed_in_at: now }).where('id', '=', id).execute()
}

/** Marks a request as answered. @returns true for exactly one of several answers, even when they come at the same moment */
export async function decide(db: Database, id: string, now: number): Promise<boolean> {
  const row = await db
    .updateTable('authorization_requests')
    .set({ decided_at: now })
    .where('id', '=', id)
    .where('decided_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

function toRequest(row: AuthorizationRequestTable): PendingAuthorizationRequest {
  return {
    id: row.id,
    browser: row.browser,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    redirectUriGiven: row.redirect_uri_given === 1,
    scope: parseScope(row.scope),
    state: row.state ?? undefined,
    codeChallenge: row.code_challenge ?? undefined,
    audience: parseAudience(row.audience),
    prompt: parsePrompt(row.prompt || undefined),
    received: row.received,
    promptText: row.prompt,
    isStored: true,
    signedInAt: row.signed_in_at ?? undefined,
    decidedAt: row.decided_at ?? undefined,
  }
}
