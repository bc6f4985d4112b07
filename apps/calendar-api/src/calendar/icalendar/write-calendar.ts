/** Writes events as an iCalendar file (RFC 5545): a VTIMEZONE for each zone that is used, then a VEVENT for each event. */
import type { CalendarEvent } from '../event'
import { formatComponent, formatLines, type JProperty } from './library'
import { cleanText, escapedText } from './text'
import { type EventOptions, formatFileEvent } from './write-event'
import { formatTimeZone } from './write-time-zone'
import { ZonesInUse } from './write-times'

/** RFC 5545 §3.7.3: which program wrote the file. */
const PRODUCT = '-//Glasshouse//Calendar//EN'

export interface CalendarOptions extends EventOptions {
  /** Shown by programs that subscribe (RFC 7986 §5.1). */
  name: string
  /** Shown too (RFC 7986 §5.2). */
  description?: string | undefined
  /** How often a program that subscribes should ask (RFC 7986 §5.7), such as `PT1H`. */
  refreshInterval?: string
}

/**
 * @param events a series before its changed single events
 * @param cancelled the original starts of cancelled single events, by the id of their series
 * @returns pieces of the file, one for each event
 */
export function* formatCalendar(
  events: CalendarEvent[],
  cancelled: ReadonlyMap<string, CalendarEvent[]>,
  { name, description, refreshInterval, ...options }: CalendarOptions,
): Generator<string> {
  const head: JProperty[] = [
    ['version', {}, 'text', '2.0'],
    ['prodid', {}, 'text', PRODUCT],
    ['calscale', {}, 'text', 'GREGORIAN'],
    ['name', {}, 'unknown', escapedText(name)],
    ['x-wr-calname', {}, 'unknown', escapedText(name)],
    ...(description === undefined
      ? []
      : ([
          ['description', {}, 'text', cleanText(description)],
          ['x-wr-caldesc', {}, 'unknown', escapedText(description)],
        ] as JProperty[])),
    ...(refreshInterval === undefined
      ? []
      : ([
          ['refresh-interval', {}, 'duration', refreshInterval],
          ['x-published-ttl', {}, 'unknown', refreshInterval],
        ] as JProperty[])),
  ]
  yield ['BEGIN:VCALENDAR', ...head.map(formatLines), ''].join('\r\n')
  // §3.6.5: a program must find the zone in the same file. The zones come first, because some read only forwards.
  for (const zone of ZonesInUse.of(events)) yield formatComponent(formatTimeZone(zone))
  const masters = new Map(events.filter(({ recurrence }) => recurrence).map(event => [event.id, event]))
  for (const event of events) {
    const series = event.recurringEventId === undefined ? undefined : masters.get(event.recurringEventId)
    yield formatComponent(formatFileEvent(event, series, cancelled.get(event.id) ?? [], options))
  }
  yield 'END:VCALENDAR\r\n'
}
