/**
 * The tokens that Tripmate keeps for a person: sealed at rest, refreshed once however many requests find them expired.
 * Nothing outside this file sees a refresh token, and an access token is lent to one call at a time.
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

/** What may be told of a connection on a page. */
export type ConnectionState =
  | { is: 'none' }
  | { is: 'ended' }
  | { is: 'connected'; canRead: boolean; canWrite: boolean; connectedAt: number; expiresAt: number }

/** There is no calendar to talk to: none was connected, or the authorization server has ended it. */
export class NotConnected extends Error {
  constructor(readonly ended: boolean) {
    super(ended ? 'the connection has ended' : 'no calendar is connected')
  }
}

/** A token is renewed this long before it expires: the call takes time, and no two clocks agree. */
const EXPIRY_MARGIN_S = 5
/** A claim outlives the longest token request by this much; nobody else uses the refresh token before that. */
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

/** Keeps the tokens of a fresh authorization. Those of an earlier one are given back (RFC 7009 §1), if that is possible. */
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
 * Ends the connection: tells the authorization server, then forgets the tokens whatever it answered.
 * @returns whether the authorization server has heard it
 */
export async function disconnect(context: Context, userId: string): Promise<boolean> {
  const connection = await read(context, userId).catch(unlessNotConnected)
  await connections.remove(context.db, userId)
  return connection ? giveBack(context, connection) : true
}

/** For `.catch()`. @throws every other error: tokens that cannot be read now must not be forgotten, but revoked later */
function unlessNotConnected(error: unknown): undefined {
  if (!(error instanceof NotConnected)) throw error
}

async function giveBack(context: Context, { accessToken, refreshToken }: Connection): Promise<boolean> {
  // RFC 7009 §2.1: with the refresh token go the access tokens; both are sent, for a server MAY leave those alone.
  const tokens = [
    ...(refreshToken ? [revokeToken(context, refreshToken, 'refresh_token')] : []),
    revokeToken(context, accessToken, 'access_token'),
  ]
  const answers = await Promise.allSettled(tokens)
  return answers.every(answer => answer.status === 'fulfilled')
}

/**
 * Lends an access token to one call. If the token is too old, or the call finds that it is refused, a fresh one is got
 * and the call is made again, once.
 * @param call gives undefined when the token was refused (RFC 6750 §3.1, `invalid_token`)
 * @returns undefined when even a fresh token was refused
 * @throws NotConnected, AuthServerUnavailable
 */
export async function withAccessToken<T>(
  context: Context,
  userId: string,
  call: (accessToken: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  let connection = await read(context, userId)
  const fresh = connection.expiresAt - EXPIRY_MARGIN_S > seconds(context.clock)
  // Without a refresh token there is nothing to lose by trying: the calendar decides whether the old one still works.
  if (!fresh && connection.refreshToken) connection = await refreshed(context, connection)
  const answer = await call(connection.accessToken)
  if (answer !== undefined) return answer
  return call((await refreshed(context, connection)).accessToken)
}

/** @param seen the connection whose token turned out to be of no use */
async function refreshed(context: Context, seen: Connection): Promise<Connection> {
  const { db, clock, config } = context
  const patience = config.httpTimeoutMs + CLAIM_MARGIN_MS
  for (let waited = 0; waited <= patience; waited += LOOK_AGAIN_MS) {
    const now = clock()
    if (await connections.claimRefresh(db, seen.id, seen.version, now, now + patience)) return spend(context, seen)
    // Somebody else is at it, or was: a copy of us, or a request that came a moment earlier.
    const current = await read(context, seen.userId)
    if (current.id !== seen.id || current.version !== seen.version) return current
    await pause(LOOK_AGAIN_MS)
  }
  throw new AuthServerUnavailable('slow', 'another request is still refreshing the token')
}

/** Uses the refresh token. Only who holds the claim gets here. */
async function spend(context: Context, { id, userId, version, refreshToken, scope }: Connection): Promise<Connection> {
  const { db, clock } = context
  if (!refreshToken) {
    await connections.end(db, id, version, seconds(clock))
    throw new NotConnected(true)
  }
  const tokens = await refreshTokens(context, userId, refreshToken, scope.join(' ')).catch(async error => {
    // RFC 6749 §5.2: invalid_grant says that this refresh token will never work again. Anything else may pass.
    if (error instanceof TokenRefused && error.code === 'invalid_grant') {
      await connections.end(db, id, version, seconds(clock))
      throw new NotConnected(true)
    }
    await connections.releaseRefresh(db, id, version)
    throw error instanceof TokenRefused ? new AuthServerUnavailable('broken', error.message) : error
  })
  // RFC 6749 §6: a response without a refresh token leaves the old one in use.
  const kept = { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }
  const expiresAt = seconds(clock) + tokens.expiresIn
  const values = { ...sealed(context, id, kept), scope: tokens.scope, expires_at: expiresAt }
  await untilStored(() => connections.putRefreshed(db, id, version, values))
  return { ...kept, id, userId, expiresAt, version: version + 1, scope: tokens.scope.split(' ') }
}

/**
 * Tries again while the store is unavailable, for as long as the claim outlives the token request. The old refresh token
 * is spent: if the new one is not stored, the connection is lost.
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
