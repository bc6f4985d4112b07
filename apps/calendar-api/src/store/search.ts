/** Finds the events that contain text. The result is always that of `LIKE`; indexes of each engine make it fast. */
import { type RawBuilder, SqliteAdapter, sql } from 'kysely'
import { type Database, EVENT_COLUMNS, type SelectEvents } from './schema'

/** With more events than this, in all calendars, it is faster to read a list in its order until a page is full. */
const RARE = 500

/** @returns a condition: the event contains all terms, which are in the form of `normaliseForSearch` */
export function contains(terms: string[]): RawBuilder<boolean> {
  const each = terms.map(term => sql`search_text like ${`%${term.replace(/[!%_]/g, '!$&')}%`} escape '!'`)
  return sql<boolean>`(${sql.join(each, sql` and `)})`
}

/**
 * On SQLite, from the full-text index. PostgreSQL itself chooses between events_by_text and the order of the list.
 * @returns the numbers of all events that may contain the terms, in any calendar; undefined if they are too many, or not known
 */
export async function mayContain(db: Database, terms: string[]): Promise<number[] | undefined> {
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return undefined
  const trigrams = [...new Set(terms.flatMap(trigramsOf))].map(quote).join(' AND ')
  if (!trigrams) return undefined
  const { rows } = await sql<{ rowid: number }>`
    select rowid from event_search where event_search match ${trigrams} limit ${sql.lit(RARE + 1)}`.execute(db)
  return rows.length > RARE ? undefined : rows.map(({ rowid }) => rowid)
}

/** @returns pieces of three characters that together cover the term; none if it is shorter */
function trigramsOf(term: string): string[] {
  const characters = [...term]
  const starts = characters.map((_character, index) => index).filter(index => index % 3 === 0)
  return characters.length < 3
    ? []
    : starts.map(start =>
        characters
          .slice(Math.min(start, characters.length - 3))
          .slice(0, 3)
          .join(''),
      )
}

/** A string of FTS5's query language. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** @returns a query for the events with these numbers, in any calendar */
export function numbered(db: Database, numbers: number[]): SelectEvents {
  // json_each has columns of its own by names of ours.
  const found = sql<{ found_number: number }>`(select value as found_number from json_each(${JSON.stringify(numbers)}))`
  const select = db
    .selectFrom(found.as('found'))
    .crossJoin('events') // SQLite takes the left side of a cross join first.
    .select(EVENT_COLUMNS)
    .whereRef('events.number', '=', 'found.found_number')
  return select as unknown as SelectEvents
}
