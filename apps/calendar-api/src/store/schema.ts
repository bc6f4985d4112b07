/** The tables. Times are milliseconds since 1970, as the suffix `_ms` says. */
import type { Generated, Kysely, Selectable, SelectQueryBuilder } from 'kysely'

export interface Schema {
  events: EventTable
  seeded_owners: { owner: string }
  /** The number of the last change of each owner's events. None yet means 0. */
  calendars: { owner: string; last_change: number }
  /** Events that no longer exist, and the change that deleted them. They are forgotten after some time. */
  deleted_events: { owner: string; id: string; change: number; deleted_ms: number }
  /** A row for each extended property of an event. `property` is a hash of its name and value. */
  event_properties: { calendar: string; id: string; property: string }
}

export type Database = Kysely<Schema>

export interface EventTable {
  /** On SQLite only: the event's number in the full-text index. */
  number?: Generated<number>
  /** The `sub` of the tokens that may use the event. Two owners can have events with the same id. */
  owner: string
  id: string
  etag: string
  status: string
  summary: string | null
  description: string | null
  location: string | null
  /** JSON: an `EventTime`, exactly as the API sends it. */
  start_time: string
  end_time: string
  /** JSON: an array of text. */
  recurrence: string | null
  /** JSON: the members of `EventDetails`. null if there are none. */
  details: Generated<string | null>
  /** The same moments, for searching and sorting; of a series, when the first begins and the last is over. Whole days are in UTC. */
  start_at_ms: number
  end_at_ms: number
  /** For a single event of a series that was changed or cancelled: the id of the series. */
  recurring_id: Generated<string | null>
  /** The start by the rule of the series: JSON, and in milliseconds. */
  original_start: Generated<string | null>
  original_start_ms: Generated<number | null>
  /** JSON: a `Creator`. null for an event from before creators were recorded. */
  creator: Generated<string | null>
  /** How often its times, its rule or its status changed. */
  sequence: Generated<number>
  /** The number of the owner's change that wrote this row. */
  change: Generated<number>
  /** The text in which `q` is searched, in the form of `normaliseForSearch`. */
  search_text: string
  created_ms: number
  updated_ms: number
}

/** A query for whole events, to which conditions can be added. */
export type SelectEvents = SelectQueryBuilder<Schema, 'events', Selectable<EventTable>>
