/** Events as iCalendar text and back, without a server. */
import type { CalendarEvent } from '../src/calendar/event'
import { readEvent } from '../src/calendar/event-input'
import { readCalendar } from '../src/calendar/icalendar/read-calendar'
import { formatCalendar } from '../src/calendar/icalendar/write-calendar'

const OPTIONS = { name: 'Calendar', forOthers: false }

export function toEvent(body: object, more: Partial<CalendarEvent> = {}): CalendarEvent {
  const { content } = readEvent(body)
  const times = { created: Date.UTC(2027, 0, 1), updated: Date.UTC(2027, 0, 2) }
  return { id: '0123456789', etag: '"x"', sequence: 0, ...times, ...content, ...more }
}

export function write(
  events: CalendarEvent[],
  cancelled = new Map<string, CalendarEvent[]>(),
  options = OPTIONS,
): string {
  return [...formatCalendar(events, cancelled, options)].join('')
}

export const read = (text: string) => readCalendar(Buffer.from(text))
