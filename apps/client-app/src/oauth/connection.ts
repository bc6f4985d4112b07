/**
 * The tokens that Tripmate stores for a user: encrypted, and refreshed once however many requests find them expired.
 * No code outside this file sees a refresh token, and an access token is passed to one call at a time.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { seconds } from '@glasshouse/shared/clock'
import { seal, unseal } from '@glasshouse/shared/seal'
import { storeUnavailable } from '@glasshouse/shared/store-unavailable'
import type { Context } from '../context'
import * as connections from '../store/connections'
import { AuthServerUnavailable } from './server-metadata'
import { refreshTokens, revokeToken, TokenRefused, type TokenSet } from './token-request'

export interface Connection {
  id: string
  userId: string
  accessToken: string
  refreshToken: string | undefined
  scope: string[]
  /** Seconds since the epoch. */
  expiresAt: number
  version: number
}

/** What a page may show of a connection. */
export type ConnectionState =
  | { is: 'none' }
  | { is: 'ended' }
  | { is: 'connected'; canRead: boolean; canWrite: boolean; connectedAt: number; expiresAt: number }

/** No calendar is connected, or the authorization server has ended the connection. */
export class NotConnected extends Error {
  constructor(readonly ended: boolean) {
    super(ended ? 'the connection has ended' : 'no calendar is connected')
  }
}

/** How long before its expiry a token is renewed, because calls take time and clocks differ. */
const EXPIRY_MARGIN_S = 5
/** A claim lasts this much longer than the longest token request. Until then, no other request uses the refresh token. */
const CLAIM_MARGIN_MS = 5_000
const LOOK_AGAIN_MS = 50

export async function stateOf(context: Context, userId: string): Promise<ConnectionState> {
  const row = await connections.find(context.db, userId)
  if (!row) return { is: 'none' }
  if (row.ended_at !== null || row.access_token === null) return { is: 'ended' }
  const scope = row.scope.split(' ')
  return {
    is: 'connected',
    canRead: scope.includes('calendar.read'),
    canWrite: scope.includes('calendar.write'),
    connectedAt: row.connected_at,
    expiresAt: row.expires_at,
  }
}

/** Stores the tokens of a new authorization. Tokens of an earlier one are revoked (RFC 7009 §1) if possible. */
export async function connect(context: Context, userId: string, tokens: TokenSet): Promise<void> {
  const earlier = await read(context, userId).catch(unlessNotConnected)
  const id = randomUUID()
  const now = seconds(context.clock)
  await connections.replace(context.db, {
    id,
    user_id: userId,
    ...sealed(context, id, tokens),
    scope: tokens.scope,
    expires_at: now + tokens.expiresIn,
    connected_at: now,
  })
  if (earlier) await giveBack(context, earlier)
}

/**
 * Ends the connection: revokes the tokens at the authorization server, then deletes them, whatever it answered.
 * @returns whether the authorization server has revoked them
 */
export async function disconnect(context: Context, userId: string): Promise<boolean> {
  const connection = await read(context, userId).catch(unlessNotConnected)
  await connections.remove(context.db, userId)
  return connection ? giveBack(context, connection) : true
}

/** For `.catch()`. @throws every other error: tokens that cannot be read now must not be deleted, but revoked later */
function unlessNotConnected(error: unknown): undefined {
  if (!(error instanceof NotConnected)) throw error
}

async function giveBack(context: Context, { accessToken, refreshToken }: Connection): Promise<boolean> {
  // RFC 7009 §2.1: revoking the refresh token should end the access tokens. Both are sent, because a server MAY keep those.
  const tokens = [
    ...(refreshToken ? [revokeToken(context, refreshToken, 'refresh_token')] : []),
    revokeToken(context, accessToken, 'access_token'),
  ]
  const answers = await Promise.allSettled(tokens)
  return answers.every(answer => answer.status === 'fulfilled')
}

/**
 * Passes an access token to one call. If the token has expired, or the API refuses it, the token is refreshed and the call
 * is made again, once.
 * @param call returns undefined if the token was refused (RFC 6750 §3.1, `invalid_token`)
 * @returns undefined if even a new token was refused
 * @throws NotConnected, AuthServerUnavailable
 */
export async function withAccessToken<T>(
  context: Context,
  userId: string,
  call: (accessToken: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  let connection = await read(context, userId)
  const fresh = connection.expiresAt - EXPIRY_MARGIN_S > seconds(context.clock)
  // Without a refresh token, trying the old access token costs nothing: the calendar decides whether it still works.
  if (!fresh && connection.refreshToken) connection = await refreshed(context, connection)
  const answer = await call(connection.accessToken)
  if (answer !== undefined) return answer
  return call((await refreshed(context, connection)).accessToken)
}

/** Refreshes although the access token may still be good. @throws NotConnected, AuthServerUnavailable */
export async function refreshNow(context: Context, userId: string): Promise<void> {
  await refreshed(context, await read(context, userId))
}

/** @param seen the connection whose token did not work */
async function refreshed(context: Context, seen: Connection): Promise<Connection> {
  const { db, clock, config } = context
  const patience = config.httpTimeoutMs + CLAIM_MARGIN_MS
  for (let waited = 0; waited <= patience; waited += LOOK_AGAIN_MS) {
    const now = clock()
    if (await connections.claimRefresh(db, seen.id, seen.version, now, now + patience)) return spend(context, seen)
    // Another request or another copy is refreshing, or has just done so.
    const current = await read(context, seen.userId)
    if (current.id !== seen.id || current.version !== seen.version) return current
    await pause(LOOK_AGAIN_MS)
  }
  throw new AuthServerUnavailable('slow', 'another request is still refreshing the token')
}

/** Uses the refresh token. Called only while holding the claim. */
async function spend(context: Context, { id, userId, version, refreshToken, scope }: Connection): Promise<Connection> {
  const { db, clock } = context
  if (!refreshToken) {
    await connections.end(db, id, version, seconds(clock))
    throw new NotConnected(true)
  }
  const tokens = await refreshTokens(context, refreshToken, scope.join(' ')).catch(async error => {
    // RFC 6749 §5.2: invalid_grant means that this refresh token will never work again. Other errors may be temporary.
    if (error instanceof TokenRefused && error.code === 'invalid_grant') {
      await connections.end(db, id, version, seconds(clock))
      throw new NotConnected(true)
    }
    await connections.releaseRefresh(db, id, version)
    throw error instanceof TokenRefused ? new AuthServerUnavailable('broken', error.message) : error
  })
  // RFC 6749 §6: if the response has no refresh token, the old one remains valid.
  const kept = { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }
  const expiresAt = seconds(clock) + tokens.expiresIn
  const values = { ...sealed(context, id, kept), scope: tokens.scope, expires_at: expiresAt }
  await untilStored(() => connections.putRefreshed(db, id, version, values))
  return { ...kept, id, userId, expiresAt, version: version + 1, scope: tokens.scope.split(' ') }
}

/**
 * Tries again while the store is unavailable, until the claim ends. The old refresh token has been used, so if the new one
 * cannot be stored, the connection is lost.
 */
async function untilStored(store: () => Promise<void>): Promise<void> {
  const end = performance.now() + CLAIM_MARGIN_MS
  for (;;) {
    try {
      return await store()
    } catch (error) {
      if (!storeUnavailable(error) || performance.now() > end) throw error
      await pause(LOOK_AGAIN_MS)
    }
  }
}

async function read(context: Context, userId: string): Promise<Connection> {
  const row = await connections.find(context.db, userId)
  if (!row) throw new NotConnected(false)
  if (row.ended_at !== null || row.access_token === null) throw new NotConnected(true)
  const key = context.config.encryptionKey
  const accessToken = unseal(key, row.access_token, place(row.id, 'access_token'))
  const refreshToken = row.refresh_token ? unseal(key, row.refresh_token, place(row.id, 'refresh_token')) : undefined
  if (accessToken === undefined || (row.refresh_token && refreshToken === undefined)) {
    context.log.warn({ connection: row.id }, 'cannot decrypt stored tokens: TRIPMATE_ENCRYPTION_KEY may have changed')
    throw new NotConnected(true)
  }
  return {
    id: row.id,
    userId,
    accessToken,
    refreshToken,
    scope: row.scope.split(' '),
    expiresAt: row.expires_at,
    version: row.version,
  }
}

function sealed({ config }: Context, id: string, tokens: Pick<TokenSet, 'accessToken' | 'refreshToken'>) {
  const key = config.encryptionKey
  return {
    access_token: seal(key, tokens.accessToken, place(id, 'access_token')),
    refresh_token: tokens.refreshToken ? seal(key, tokens.refreshToken, place(id, 'refresh_token')) : null,
  }
}

const place = (id: string, column: string) => `${id}:${column}`
