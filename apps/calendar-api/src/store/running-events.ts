/**
 * The events that are under way at a moment. An index by start alone would read everything before that moment, because any
 * old event may last until then. So events are told apart by their length: one of at most a day ends at most a day later,
 * one of at most eight days at most eight days later, and so on. How many events a calendar has in all makes no difference.
 */
import { type Selectable, sql } from 'kysely'
import { type Database, EVENT_COLUMNS, type EventColumns, type EventTable, type SelectEvents } from './schema'

const DAY_MS = 86_400_000

/** The longest event of each class, in milliseconds. An event of the last class may end at any time. */
const LONGEST_MS = [1, 8, 64, 512, 4096].map(days => days * DAY_MS)

/** More than any event lasts: dates have four-digit years. */
const MOST_MS = 1e15

/** The expression of the index `events_by_length`. */
const lengthClass = sql.raw(
  `(case ${LONGEST_MS.map((longest, index) => `when end_at_ms - start_at_ms <= ${longest} then ${index}`).join(' ')} else ${LONGEST_MS.length} end)`,
)

/** @returns a query for the calendar's events that start before `moment` and end after it (milliseconds since 1970) */
export function runningEvents(
  db: Database,
  calendar: string,
  moment: number,
  columns: EventColumns = EVENT_COLUMNS,
): SelectEvents {
  // A part for each class: with OR instead, SQLite would read the index by start. So it would without the +, which has no
  // effect. Written as text, because Kysely takes longer to build it than SQLite to run it.
  const parts = [...LONGEST_MS, MOST_MS].map(
    (longest, index) => sql`
      select * from events where calendar = ${calendar} and ${lengthClass} = ${sql.lit(index)}
        and end_at_ms > ${moment} and end_at_ms < cast(${moment} as bigint) + ${sql.lit(longest)} and +start_at_ms < ${moment}`,
  )
  return db
    .selectFrom(sql<Selectable<EventTable>>`(${sql.join(parts, sql` union all `)})`.as('events'))
    .select(columns) as unknown as SelectEvents
}
