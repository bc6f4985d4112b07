/**
 * All queries on events. Each includes the calendar's id, so that no user finds another user's events. A user's primary
 * calendar has the user's own id.
 */
import { randomUUID } from 'node:crypto'
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import { remember } from '@glasshouse/shared/remember'
import type { Insertable } from 'kysely'
import {
  type CalendarEvent,
  type Creator,
  detailsOf,
  type EventContent,
  type EventStatus,
  type Span,
  searchableText,
} from '../calendar/event'
import { enterProperties } from './properties'
import { type Database, EVENT_COLUMNS, type EventRow, type EventTable } from './schema'

export interface Draft {
  content: EventContent
  span: Span
  /** For a new event. */
  creator?: Creator
  /** 0 for a new event. */
  sequence?: number
  /** For an event from a file. Any other change means that the event is no longer as it came. */
  fileVersion?: number | undefined
}

/**
 * @param change see `changes.ts`. Events that are there from the beginning have none
 * @returns undefined if the calendar already has an event with this id
 */
export async function add(db: Database, calendar: string, id: string, draft: Draft, now: number, change = 0) {
  const creator = formatCreator(draft.creator)
  const [row] = await insert(db, { calendar, id, created_ms: now, creator, change, ...toColumns(draft, now) })
  if (!row) return undefined
  const event = toEvent(row)
  await enterProperties(db, calendar, event)
  return event
}

const insert = compiledOnce((db: Database, row: Insertable<EventTable>) =>
  db
    .insertInto('events')
    .values(row)
    .onConflict(conflict => conflict.columns(['calendar', 'id']).doNothing())
    .returning(EVENT_COLUMNS),
)

const findRow = compiledOnce((db: Database, { calendar, id }: { calendar: string; id: string }) =>
  db.selectFrom('events').select(EVENT_COLUMNS).where('calendar', '=', calendar).where('id', '=', id),
)

export async function find(db: Database, calendar: string, id: string): Promise<CalendarEvent | undefined> {
  const [row] = await findRow(db, { calendar, id })
  return row && toEvent(row)
}

/**
 * @param etag the version that is replaced
 * @returns undefined if there is no such event, or it has changed. One statement checks and changes it
 */
export async function replace(
  db: Database,
  calendar: string,
  id: string,
  etag: string,
  draft: Draft,
  now: number,
  change: number,
): Promise<CalendarEvent | undefined> {
  const row = await db
    .updateTable('events')
    .set({ change, ...toColumns(draft, now) })
    .where('calendar', '=', calendar)
    .where('id', '=', id)
    .where('etag', '=', etag)
    .returning(EVENT_COLUMNS)
    .executeTakeFirst()
  return row && toEvent(row)
}

/** @returns whether this version of the event existed. One statement checks and deletes it */
export async function remove(db: Database, calendar: string, id: string, etag: string): Promise<boolean> {
  const row = await db
    .deleteFrom('events')
    .where('calendar', '=', calendar)
    .where('id', '=', id)
    .where('etag', '=', etag)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns true the first time, and only to one caller */
export async function markSeeded(db: Database, owner: string): Promise<boolean> {
  const row = await db
    .insertInto('seeded_owners')
    .values({ owner })
    .onConflict(conflict => conflict.doNothing())
    .returning('owner')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns a UUID in base32hex, the alphabet of Google's event ids. Node fetches the randomness of UUIDs in advance */
export function createEventId(): string {
  return BigInt(`0x${randomUUID().replaceAll('-', '')}`)
    .toString(32)
    .padStart(26, '0')
}

/** @returns a strong entity tag, including the quotes */
export function newTag(): string {
  return `"${randomUUID()}"`
}

export function toColumns({ content, span, sequence = 0, fileVersion }: Draft, now: number) {
  const { status, summary, description, location, start, end, recurrence } = content
  return {
    etag: newTag(),
    status,
    summary: summary ?? null,
    description: description ?? null,
    location: location ?? null,
    start_time: JSON.stringify(start),
    end_time: JSON.stringify(end),
    recurrence: recurrence ? JSON.stringify(recurrence) : null,
    details: formatDetails(content),
    start_at_ms: span.startAt,
    end_at_ms: span.endAt,
    sequence,
    file_version_ms: fileVersion ?? null,
    search_text: searchableText(content),
    updated_ms: now,
  }
}

export function toEvent(row: EventRow): CalendarEvent {
  return {
    id: row.id,
    etag: row.etag,
    status: row.status as EventStatus,
    summary: row.summary ?? undefined,
    description: row.description ?? undefined,
    location: row.location ?? undefined,
    start: JSON.parse(row.start_time),
    end: JSON.parse(row.end_time),
    recurrence: row.recurrence === null ? undefined : JSON.parse(row.recurrence),
    ...(row.details !== null && JSON.parse(row.details)),
    created: row.created_ms,
    updated: row.updated_ms,
    creator: row.creator === null ? undefined : readCreator(row.creator),
    icalUid: row.ical_uid ?? undefined,
    fileVersion: row.file_version_ms ?? undefined,
    sequence: row.sequence,
    recurringEventId: row.recurring_id ?? undefined,
    originalStartTime: row.original_start === null ? undefined : JSON.parse(row.original_start),
  }
}

export function formatCreator(creator: Creator | undefined): string | null {
  return creator ? JSON.stringify(creator) : null
}

/** A list has the same few creators again and again. */
const readCreator = remember(1_000, (text: string): Creator => JSON.parse(text))

function formatDetails(content: EventContent): string | null {
  const text = JSON.stringify(detailsOf(content))
  return text === '{}' ? null : text
}
