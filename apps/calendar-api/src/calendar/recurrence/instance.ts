/** A single event of a series, as Google's calendar names it: `<id of the series>_<its start in UTC, or its date>`. */
import type { CalendarEvent } from '../event'
import type { EventTime } from '../time'
import { InvalidRule } from './rule'
import { parseBasic } from './rule-starts'
import { type Occurrence, type Repeating, Series } from './series'

/** @param start as the series has it, even if this event was moved. @param startAt the same in milliseconds since 1970 */
export function instanceId(seriesId: string, start: EventTime, startAt: number): string {
  const text = new Date(startAt).toISOString().replace(/[-:]|\.\d+/g, '')
  return `${seriesId}_${'date' in start ? text.slice(0, 8) : text}`
}

/** @returns undefined if the id is not one of a single event of a series */
export function parseInstanceId(id: string): { seriesId: string; startAt: number } | undefined {
  const [, seriesId, time] = /^([0-9a-v]+)_(\d{8}(?:T\d{6}Z)?)$/.exec(id) ?? []
  const startAt = parseBasic(time ?? '')
  return seriesId === undefined || Number.isNaN(startAt) ? undefined : { seriesId, startAt }
}

/** The series that were read last. A list of a month reads the same ones each time. */
const known = new Map<string, Series | undefined>()
const MOST_KNOWN = 2_000

/** @returns undefined for an event that does not repeat, or whose rule was stored before rules were checked, and is invalid */
export function seriesOf({ start, end, recurrence }: CalendarEvent): Series | undefined {
  if (!recurrence) return undefined
  const key = JSON.stringify([start, end, recurrence])
  if (known.has(key)) return known.get(key)
  if (known.size >= MOST_KNOWN) known.clear()
  const series = readSeries({ start, end, recurrence })
  known.set(key, series)
  return series
}

function readSeries(repeating: Repeating): Series | undefined {
  try {
    return new Series(repeating)
  } catch (error) {
    if (error instanceof InvalidRule) return undefined
    throw error
  }
}

/** @returns a single event that was never changed itself. It has the tag of its series */
export function toInstance(master: CalendarEvent, { start, end, startAt }: Occurrence): CalendarEvent {
  return {
    ...master,
    id: instanceId(master.id, start, startAt),
    start,
    end,
    recurrence: undefined,
    recurringEventId: master.id,
    originalStartTime: start,
  }
}
