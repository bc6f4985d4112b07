/**
 * The tables, as the queries see them. Times are whole seconds since the epoch unless the name says `_ms`.
 * `user_id` is a random id in the browser session: users do not sign in to Tripmate.
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
}

/** A browser's session. */
export interface TripmateSessionTable extends SessionTable {
  /** Null until there is something to store for the user. */
  user_id: string | null
}

export type Database = Kysely<Schema>
export type TripmateStore = Store<Schema>

/** An authorization request that was sent and waits for its answer. */
export interface AuthorizationAttemptTable {
  /** SHA-256 of `state`, base64url. */
  state_hash: string
  user_id: string
  /** The PKCE verifier, encrypted. */
  code_verifier: string
  scope: string
  /** The page that the user returns to. */
  return_to: string
  created_at: number
  /** When the first answer with this state was accepted. Later ones are not accepted. */
  used_at: number | null
  /** When the result of that answer was known. */
  settled_at: number | null
}

/** The tokens for a user's calendar. One row for each user. */
export interface ConnectionTable {
  /** New at each connect. The encryption binds the tokens to it, so a token cannot be moved to another row. */
  id: string
  user_id: string
  scope: string
  /** Encrypted. Null once the connection has ended. */
  access_token: string | null
  refresh_token: string | null
  expires_at: number
  /** Counts refreshes, so that a request can see that another one has refreshed meanwhile. */
  version: number
  /** Until when one request may refresh. Milliseconds since the epoch. */
  refreshing_until_ms: number | null
  connected_at: number
  /** When the authorization server ended the connection. */
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
  /** The calendar event's id, chosen by us before it is created, so that a second attempt finds the first one's event. */
  event_id: string | null
  /** What was last sent to the calendar about this item; null if it is not in the calendar. */
  event_content: string | null
  /** Until when one request may add it. Milliseconds since the epoch. */
  adding_until_ms: number | null
}
