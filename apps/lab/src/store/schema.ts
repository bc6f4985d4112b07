/** The Lab's tables. Times are in milliseconds since the epoch. */
import type { Kysely } from 'kysely'

export type Database = Kysely<Schema>

export interface Schema {
  runs: RunTable
  exchanges: ExchangeTable
  secret_values: SecretValueTable
  follows: FollowTable
  browser_aliases: BrowserAliasTable
}

export interface RunTable {
  id: string
  /** Whose run it is. `background`: what the services say to each other without a user's doing. */
  kind: 'browser' | 'program' | 'background'
  /** The hash of the browser's cookie, for a browser's run. */
  browser: string | null
  /** The client's id, for a program's run, if it said one. */
  client: string | null
  started_at: number
  last_at: number
}

export interface ExchangeTable {
  /** The span id. */
  id: string
  trace_id: string
  /** Missing until the exchange that caused this one has arrived. */
  run_id: string | null
  caused_by: string | null
  started_at: number
  /** JSON of a `ReportedExchange`, with secret values replaced by references (`value-vault.ts`). */
  client_end: string | null
  server_end: string | null
  /** Grows with every change, so that a reader can ask for what is new. */
  version: number
  /** Its number in the run: given when a page first shows it, and never changed. */
  number: number | null
}

/** What a secret value is for. It decides when the value opens nothing any longer. */
export type ValueKind =
  | 'code'
  | 'state'
  | 'code_verifier'
  | 'access_token'
  | 'refresh_token'
  | 'registration_access_token'
  | 'session'
  | 'form_field'
  | 'unknown'

export interface SecretValueTable {
  /** The beginning of its SHA-256 hash. Values are too random to be guessed from it. */
  id: string
  kind: ValueKind
  /** Its last six characters. */
  tail: string
  length: number
  /** While it opens something: encrypted with a key that exists only in memory. */
  sealed: string | null
  /** Once it opens nothing. */
  plain: string | null
  /** For an access token: its header and claims as JSON. */
  claims: string | null
  first_seen_at: number
  /** When it ends at the latest. */
  expires_at: number | null
  spent_at: number | null
  /** In a few words, for people. */
  spent_why: string | null
  /** The grant that a token belongs to, or the challenge of a verifier. */
  belongs_to: string | null
}

/** Where the parties have hosts of their own, one browser has a cookie at each (`capture/browsers.ts`). Hashes of cookies. */
export interface BrowserAliasTable {
  browser: string
  same_as: string
}

/** Which browsers may see the run of which program. */
export interface FollowTable {
  browser: string
  client: string
}
