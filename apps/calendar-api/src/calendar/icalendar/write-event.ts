/** An event as a VEVENT (RFC 5545 §3.6.1). `read-event.ts` reads it back. */
import type { CalendarEvent } from '../event'
import { formatICalUid } from '../ical-uid'
import type { EventTime } from '../time'
import { colourOf } from './colours'
import { type JComponent, type JProperty, parseProperty } from './library'
import { writeReminders } from './reminders'
import { cleanText } from './text'
import { repeatedDates, timeOf, timeProperty } from './write-times'

export interface EventOptions {
  /** For readers who are not the owner's own apps: without reminders, and without what apps note about events. */
  forOthers: boolean
}

/**
 * @param series of a changed single event
 * @param cancelled single events of this series that do not take place
 */
export function formatFileEvent(
  event: CalendarEvent,
  series: CalendarEvent | undefined,
  cancelled: CalendarEvent[],
  { forOthers }: EventOptions,
): JComponent {
  const { summary, description, location, recurrence = [], attendees = [], source, colorId } = event
  const isRepeated = (event.recurrence ?? event.recurringEventId) !== undefined
  const { alarms, marks } = writeReminders(forOthers ? undefined : event.reminders)
  const text = (name: string, value: string | undefined): JProperty[] =>
    value === undefined ? [] : [[name, {}, 'text', cleanText(value)]]
  const modified: JProperty[3] = instant(event.updated)
  const properties: JProperty[] = [
    ['uid', {}, 'text', formatICalUid(event)],
    ['dtstamp', {}, 'date-time', modified],
    timeProperty('dtstart', timeOf(event.start, isRepeated)),
    timeProperty('dtend', timeOf(event.end, isRepeated)),
    ...recurrenceId(event, series),
    ...recurrence.flatMap(line => readable(line, event.start)),
    ...cancelled.flatMap(one => excluded(one, event.start)),
    ['created', {}, 'date-time', instant(event.created)],
    ['last-modified', {}, 'date-time', modified],
    ['sequence', {}, 'integer', event.sequence],
    ['status', {}, 'text', event.status.toUpperCase()],
    ...text('summary', summary),
    ...text('description', description),
    ...text('location', location),
    ...(source ? [urlOf(source)] : []),
    ...text('class', classOf(event.visibility)),
    ...text('transp', event.transparency?.toUpperCase()),
    ...text('color', colorId && colourOf(colorId)),
    ...attendees.map(formatAttendee),
    ...marks,
    ...(forOthers || !event.extendedProperties
      ? []
      : text('x-glasshouse-extended-properties', JSON.stringify(event.extendedProperties))),
  ]
  return ['vevent', properties, alarms]
}

/** A line that was stored before lines were checked may be one that no program can read. It is left out. */
function readable(line: string, start: EventTime): JProperty[] {
  try {
    const property = parseProperty(line)
    return ['rdate', 'exdate'].includes(property[0]) ? repeatedDates(property, start) : [property]
  } catch {
    return []
  }
}

/** §3.8.4.4: of the same kind, and in the same zone, as the start of the series. */
function recurrenceId({ originalStartTime }: CalendarEvent, series: CalendarEvent | undefined): JProperty[] {
  if (!originalStartTime) return []
  return [timeProperty('recurrence-id', timeOf(inZoneOf(originalStartTime, series?.start), true))]
}

/** A cancelled single event is left out of its series (§3.8.5.1): every program understands that. */
function excluded({ originalStartTime }: CalendarEvent, start: EventTime): JProperty[] {
  return originalStartTime ? [timeProperty('exdate', timeOf(inZoneOf(originalStartTime, start), true))] : []
}

function inZoneOf(time: EventTime, start: EventTime | undefined): EventTime {
  if (!start || 'date' in time || 'date' in start || start.timeZone === undefined) return time
  return { ...time, timeZone: start.timeZone }
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** RFC 5545 has no class `default`: it means none. */
function classOf(visibility: CalendarEvent['visibility']): string | undefined {
  return visibility === 'default' ? undefined : visibility?.toUpperCase()
}

function urlOf({ url, title }: NonNullable<CalendarEvent['source']>): JProperty {
  return ['url', title === undefined ? {} : { 'x-glasshouse-title': cleanText(title) }, 'uri', url]
}

function formatAttendee(attendee: NonNullable<CalendarEvent['attendees']>[number]): JProperty {
  const { email, displayName, optional, resource, responseStatus, comment, additionalGuests } = attendee
  const parameters = {
    cn: displayName,
    cutype: resource ? 'RESOURCE' : undefined,
    role: optional ? 'OPT-PARTICIPANT' : undefined,
    partstat: responseStatus === 'needsAction' ? 'NEEDS-ACTION' : responseStatus.toUpperCase(),
    'x-num-guests': additionalGuests ? String(additionalGuests) : undefined,
    'x-response-comment': comment,
  }
  const present = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, cleanText(value)]],
  )
  return ['attendee', Object.fromEntries(present), 'cal-address', `mailto:${email}`]
}
