/** Every query on events. Each names the owner, so nobody's event is ever found under another's name. */
import { randomBytes } from 'node:crypto'
import { type ExpressionBuilder, type Selectable, sql } from 'kysely'
import { type CalendarEvent, type EventContent, type EventStatus, type Span, searchableText } from '../calendar/event'
import type { ListQuery, Position } from '../calendar/list-query'
import type { EntityTags, Preconditions } from '../entity-tags'
import type { Database, EventTable, Schema } from './schema'

export interface Draft {
  content: EventContent
  span: Span
}

/** @returns undefined when the owner has an event of this id already */
export async function add(db: Database, owner: string, id: string, draft: Draft, now: number) {
  const row = await db
    .insertInto('events')
    .values({ owner, id, created_ms: now, ...toColumns(draft, now) })
    .onConflict(conflict => conflict.columns(['owner', 'id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toEvent(row)
}

export async function find(db: Database, owner: string, id: string): Promise<CalendarEvent | undefined> {
  const row = await db
    .selectFrom('events')
    .selectAll()
    .where('owner', '=', owner)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toEvent(row)
}

/**
 * @param preconditions what the event's state has to be (RFC 9110 §13.1)
 * @returns undefined when there is no such event, or it is not in that state: one statement decides
 */
export async function replace(
  db: Database,
  owner: string,
  id: string,
  draft: Draft,
  preconditions: Preconditions,
  now: number,
): Promise<CalendarEvent | undefined> {
  const row = await db
    .updateTable('events')
    .set(toColumns(draft, now))
    .where('owner', '=', owner)
    .where('id', '=', id)
    .where(meets(preconditions))
    .returningAll()
    .executeTakeFirst()
  return row && toEvent(row)
}

/** @returns whether it was there, in a state that `preconditions` allow: one statement decides */
export async function remove(db: Database, owner: string, id: string, preconditions: Preconditions): Promise<boolean> {
  const row = await db
    .deleteFrom('events')
    .where('owner', '=', owner)
    .where('id', '=', id)
    .where(meets(preconditions))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns a page of events, and where it ends if there is another after it. Cancelled ones are left out. */
export async function list(
  db: Database,
  owner: string,
  query: ListQuery,
): Promise<{ items: CalendarEvent[]; next: Position | undefined }> {
  const { timeMin, timeMax, terms, maxResults, orderBy, after } = query
  const sortedBy = orderBy === 'updated' ? 'updated_ms' : 'start_at_ms'
  let select = db.selectFrom('events').selectAll().where('owner', '=', owner).where('status', '<>', 'cancelled')
  if (timeMin !== undefined) select = select.where('end_at_ms', '>', timeMin)
  if (timeMax !== undefined) select = select.where('start_at_ms', '<', timeMax)
  for (const term of terms) {
    select = select.where(sql<boolean>`search_text like ${`%${term.replace(/[!%_]/g, '!$&')}%`} escape '!'`)
  }
  if (after) select = select.where(sql<boolean>`(${sql.ref(sortedBy)}, id) > (${after.at}, ${after.id})`)
  // One more than asked for shows whether there is another page.
  const rows = await select
    .orderBy(sortedBy)
    .orderBy('id')
    .limit(maxResults + 1)
    .execute()
  const page = rows.slice(0, maxResults)
  const last = rows.length > maxResults ? page.at(-1) : undefined
  return { items: page.map(toEvent), next: last && { at: last[sortedBy], id: last.id } }
}

/** @returns whether this is the first time, which only one caller is told */
export async function markSeeded(db: Database, owner: string): Promise<boolean> {
  const row = await db
    .insertInto('seeded_owners')
    .values({ owner })
    .onConflict(conflict => conflict.doNothing())
    .returning('owner')
    .executeTakeFirst()
  return row !== undefined
}

/** 128 random bits in base32hex, the alphabet of Google's event ids. */
export function createEventId(): string {
  return BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(32)
    .padStart(26, '0')
}

type Expressions = ExpressionBuilder<Schema, 'events'>

/** What `unmet` says of one event, as a part of the statement that changes it. */
function meets({ ifMatch, ifNoneMatch }: Preconditions) {
  return (eb: Expressions) =>
    eb.and([
      ifMatch === undefined ? eb.lit(true) : isNamedIn(eb, ifMatch),
      ifNoneMatch === undefined ? eb.lit(true) : eb.not(isNamedIn(eb, ifNoneMatch)),
    ])
}

function isNamedIn(eb: Expressions, tags: EntityTags) {
  // PostgreSQL knows no empty list.
  return tags === '*' || tags.length === 0 ? eb.lit(tags === '*') : eb('etag', 'in', tags)
}

function toColumns({ content, span }: Draft, now: number) {
  const { status, summary, description, location, start, end, recurrence } = content
  return {
    etag: `"${randomBytes(12).toString('base64url')}"`,
    status,
    summary: summary ?? null,
    description: description ?? null,
    location: location ?? null,
    start_time: JSON.stringify(start),
    end_time: JSON.stringify(end),
    recurrence: recurrence ? JSON.stringify(recurrence) : null,
    start_at_ms: span.startAt,
    end_at_ms: span.endAt,
    search_text: searchableText(content),
    updated_ms: now,
  }
}

function toEvent(row: Selectable<EventTable>): CalendarEvent {
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
    created: row.created_ms,
    updated: row.updated_ms,
  }
}
