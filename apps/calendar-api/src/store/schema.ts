/** The tables, as the queries see them. Times are milliseconds since 1970, as the names say. */
import type { Kysely } from 'kysely'

export interface Schema {
  events: EventTable
  seeded_owners: { owner: string }
}

export type Database = Kysely<Schema>

export interface EventTable {
  /** The `sub` of the tokens that may see it: every query names it. Two owners may use the same event id. */
  owner: string
  id: string
  etag: string
  status: string
  summary: string | null
  description: string | null
  location: string | null
  /** JSON: an `EventTime`, exactly as it is answered. */
  start_time: string
  end_time: string
  /** JSON. */
  recurrence: string | null
  /** The same moments to search and sort by; whole days count in UTC. */
  start_at_ms: number
  end_at_ms: number
  /** What `q` is looked for in, in one form of upper and lower case. */
  search_text: string
  created_ms: number
  updated_ms: number
}
