/** Stores the events of an iCalendar file: all of them in one change, or none. */
import type { CalendarEvent, Creator } from '../calendar/event'
import { foreignUid, parseICalUid } from '../calendar/ical-uid'
import type { FileEvent } from '../calendar/icalendar/read-event'
import { instanceId, seriesOf } from '../calendar/recurrence/instance'
import { type EventTime, instantOfTime } from '../calendar/time'
import { inOneChange } from './changes'
import { formatCreator, replace, toColumns, toEvent } from './events'
import { inGroups } from './in-groups'
import { removeOrphans } from './instances'
import { enterProperties } from './properties'
import { type Database, EVENT_COLUMNS } from './schema'

export interface Imported {
  imported: number
  updated: number
  /** Already there in this version, in a newer one, or changed here since. */
  unchanged: number
  /** Changes of single events whose series has no event at that time, or is not there. */
  withoutSeries: FileEvent[]
}

interface Row {
  id: string
  file: FileEvent
  /** For a single event of a series. */
  original?: { recurring_id: string; original_start: string; original_start_ms: number }
}

/** @param now milliseconds since 1970 */
export function importEvents(
  db: Database,
  calendar: string,
  events: FileEvent[],
  creator: Creator,
  now: number,
): Promise<Imported> {
  return inOneChange(db, calendar, async (tx, change) => {
    const result: Imported = { imported: 0, updated: 0, unchanged: 0, withoutSeries: [] }
    const masters = newest(events.filter(({ recurrenceId }) => !recurrenceId).map(file => ({ id: idOf(file), file })))
    const singles = events.filter(({ recurrenceId }) => recurrenceId)
    await store(masters)
    const series = await present(singles.map(idOf))
    const found = singles.map(file => ({ file, row: rowOf(file, series.get(idOf(file))) }))
    result.withoutSeries = found.flatMap(({ file, row }) => (row ? [] : [file]))
    await store(newest(found.flatMap(({ row }) => row ?? [])))
    return result

    async function store(rows: Row[]): Promise<void> {
      const known = await present(rows.map(({ id }) => id))
      const added: Row[] = []
      for (const row of rows) {
        const before = known.get(row.id)
        if (!before) added.push(row)
        else if (isNewer(row.file, before)) await update(row, before)
        else result.unchanged++
      }
      await add(added)
    }

    async function present(ids: string[]): Promise<Map<string, CalendarEvent>> {
      const all = new Map<string, CalendarEvent>()
      for (const some of inGroups([...new Set(ids)])) {
        const rows = await tx
          .selectFrom('events')
          .select(EVENT_COLUMNS)
          .where('calendar', '=', calendar)
          .where('id', 'in', some)
          .execute()
        for (const row of rows) all.set(row.id, toEvent(row))
      }
      return all
    }

    async function add(rows: Row[]): Promise<void> {
      for (const some of inGroups(rows)) {
        const values = some.map(({ id, file, original }) => ({
          calendar,
          id,
          created_ms: Math.min(file.created ?? now, now),
          creator: formatCreator(creator),
          ical_uid: foreignUid(file.uid) ?? null,
          change,
          ...toColumns({ ...file, fileVersion: file.modified }, now),
          recurring_id: null,
          original_start: null,
          original_start_ms: null,
          ...original,
        }))
        const stored = await tx.insertInto('events').values(values).returning(EVENT_COLUMNS).execute()
        for (const row of stored) if (row.details !== null) await enterProperties(tx, calendar, toEvent(row))
        result.imported += stored.length
      }
    }

    async function update({ id, file }: Row, before: CalendarEvent): Promise<void> {
      const draft = { ...file, fileVersion: file.modified }
      const after = await replace(tx, calendar, id, before.etag, draft, now, change)
      if (!after) throw new Error('an event changed during a change of its calendar')
      await enterProperties(tx, calendar, after, before)
      if (before.recurrence) await removeOrphans(tx, calendar, after, change, now)
      result.updated++
    }
  })
}

const idOf = ({ uid }: FileEvent) => parseICalUid(uid)

/** @returns undefined if the series has no event at that time */
function rowOf(file: FileEvent, series: CalendarEvent | undefined): Row | undefined {
  if (!series || !file.recurrenceId) return undefined
  // A file knows no fractions of a second, but the series may have them.
  const occurrence = seriesOf(series)?.at(instantOfTime(file.recurrenceId as EventTime))
  if (!occurrence || file.content.recurrence) return undefined
  const { start, startAt } = occurrence
  const original = {
    recurring_id: series.id,
    original_start: JSON.stringify(start),
    original_start_ms: startAt,
  }
  return { id: instanceId(series.id, start, startAt), file, original }
}

/** RFC 5546 §2.1.5: a higher SEQUENCE wins, then a later version. A version without a time is taken for a new one. */
function isNewer(file: FileEvent, { sequence, fileVersion, updated }: CalendarEvent): boolean {
  if (file.sequence !== sequence) return file.sequence > sequence
  return file.modified === undefined || file.modified > (fileVersion ?? Math.floor(updated / 1000) * 1000)
}

/** A file may have an event twice. @returns each once */
function newest(rows: Row[]): Row[] {
  const byId = new Map<string, Row>()
  for (const row of rows) {
    const other = byId.get(row.id)?.file
    const [sequence, modified] = [row.file.sequence, row.file.modified ?? 0]
    if (!other || sequence > other.sequence || (sequence === other.sequence && modified >= (other.modified ?? 0))) {
      byId.set(row.id, row)
    }
  }
  return [...byId.values()]
}
