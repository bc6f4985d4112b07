/** The tables. Times are milliseconds since 1970, as the suffix `_ms` says. */
import type { Generated, Kysely, Selectable, SelectQueryBuilder } from 'kysely'

export interface Schema {
  events: EventTable
  seeded_owners: { owner: string }
  calendars: CalendarTable
  /** Events that no longer exist, and the change that deleted them. They are forgotten after some time. */
  deleted_events: { calendar: string; id: string; change: number; deleted_ms: number }
  /** A calendar's secret address for programs that subscribe to it. Only the hash of the secret is kept. */
  feeds: { calendar: string; secret_hash: string; created_ms: number; client_id: string }
  /** A row for each extended property of an event. `property` is a hash of its name and value. */
  event_properties: { calendar: string; id: string; property: string }
}

export type Database = Kysely<Schema>

/** A primary calendar gets a row when it is first changed. */
export interface CalendarTable {
  /** Of a primary calendar: its owner. */
  id: string
  /** The `sub` of the tokens that may use the calendar. */
  owner: string
  /** The number of the last change of its events. */
  last_change: number
  /** JSON: what the calendar is called, and so on. null as long as nobody has said so. */
  about: Generated<string | null>
  /** JSON: how its owner's list of calendars shows it. */
  entry: Generated<string | null>
  /** The tag of `about` and `entry`. */
  etag: Generated<string>
  created_ms: Generated<number>
  updated_ms: Generated<number>
  /** A deleted calendar keeps its row, so that nothing is added to it any longer. */
  deleted_ms: Generated<number | null>
}

export interface EventTable {
  /** On SQLite only: the event's number in the full-text index. */
  number?: Generated<number>
  /** The id of the calendar. Two calendars can have events with the same id. */
  calendar: string
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
  /** For an event that came from an iCalendar file: its UID there. */
  ical_uid: Generated<string | null>
  /** For an event that is as it came from a file: when that version of it was made. */
  file_version_ms: Generated<number | null>
  /** The number of the calendar's change that wrote this row. */
  change: Generated<number>
  /** The text in which `q` is searched, in the form of `normaliseForSearch`. */
  search_text: string
  created_ms: number
  updated_ms: number
}

/** What makes up an event, and its place in a list. The driver takes longer to hand over a row than SQLite to find it. */
export const EVENT_COLUMNS = [
  'id',
  'etag',
  'status',
  'summary',
  'description',
  'location',
  'start_time',
  'end_time',
  'recurrence',
  'details',
  'recurring_id',
  'original_start',
  'creator',
  'sequence',
  'ical_uid',
  'file_version_ms',
  'created_ms',
  'updated_ms',
  'start_at_ms',
] as const satisfies (keyof EventTable)[]

export type EventRow = Pick<Selectable<EventTable>, (typeof EVENT_COLUMNS)[number]>

/** Some of these columns: enough to see which events there are, and in which versions. */
export type EventColumns = readonly (keyof EventRow)[]

/** A query for events, to which conditions can be added. */
export type SelectEvents = SelectQueryBuilder<Schema, 'events', EventRow>

/** A query for the ids of events, as `found_id`. */
export type SelectIds = SelectQueryBuilder<Schema, keyof Schema, { found_id: string }>
