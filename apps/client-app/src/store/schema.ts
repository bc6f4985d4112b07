/**
 * The tables, as the queries see them. Times are whole seconds since the epoch unless the name says `_ms`.
 * `user_id` is the random id that a browser session holds: Tripmate asks nobody to sign in.
 */
import type { Store } from '@glasshouse/shared/database'
import type { SessionTable } from '@glasshouse/shared/sessions'
import type { Kysely } from 'kysely'

export interface Schema {
  sessions: TripmateSessionTable
  authorization_attempts: AuthorizationAttemptTable
  connections: ConnectionTable
  trips: TripTable
  trip_items: TripItemTable
  exchanges: ExchangeTable
}

/** A browser's session. */
export interface TripmateSessionTable extends SessionTable {
  /** Null until there is something to keep for whoever it is. */
  user_id: string | null
}

export type Database = Kysely<Schema>
export type TripmateStore = Store<Schema>

/** An authorization request that was sent and whose answer is awaited. */
export interface AuthorizationAttemptTable {
  /** SHA-256 of `state`, base64url. */
  state_hash: string
  user_id: string
  /** The PKCE verifier, sealed. */
  code_verifier: string
  scope: string
  /** The page of ours that the person comes back to. */
  return_to: string
  created_at: number
  /** When an answer with this state was taken. Only the first one is. */
  used_at: number | null
  /** When what came of that answer was known. */
  settled_at: number | null
}

/** The tokens that a person's calendar gave us. One row for each user. */
export interface ConnectionTable {
  /** A new one at each connect: it is sealed into the tokens, so no row's token works in another's place. */
  id: string
  user_id: string
  scope: string
  /** Sealed. Null once the connection has ended. */
  access_token: string | null
  refresh_token: string | null
  expires_at: number
  /** Counts refreshes: whoever read an older one knows that somebody else has refreshed since. */
  version: number
  /** Until when one copy of us is at it. Milliseconds since the epoch. */
  refreshing_until_ms: number | null
  connected_at: number
  /** When the authorization server said that it is over. */
  ended_at: number | null
}

export interface TripTable {
  id: string
  user_id: string
  name: string
  /** `YYYY-MM-DD` */
  starts_on: string
  time_zone: string
  created_at: number
}

export interface TripItemTable {
  id: string
  trip_id: string
  summary: string
  location: string
  notes: string
  /** Local in `time_zone`: `YYYY-MM-DDTHH:mm`. */
  starts_at: string
  ends_at: string
  time_zone: string
  /** The calendar event's id, chosen by us before it is created, so that a second attempt meets the first one's event. */
  event_id: string | null
  /** What the calendar was last told of this item; null while it is not there. */
  event_content: string | null
  /** Until when one request is at adding it. Milliseconds since the epoch. */
  adding_until_ms: number | null
}

/** One HTTP message pair, already masked and explained, for the ladder of the seven steps. */
export interface ExchangeTable {
  id: string
  user_id: string
  step: number
  /** JSON of what the see-through views draw. */
  content: string
  at_ms: number
}
