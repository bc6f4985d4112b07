/**
 * The form of an event that exists. It carries what it was filled with (`was`), and only what differs from that is sent:
 * a form shows less than an event holds, so whatever the user leaves alone must not make the round trip through it.
 */
import {
  type CalendarEvent,
  type EventContent,
  type EventPatch,
  instantOf,
  isAllDay,
  readEvent,
  type TimePatch,
} from './event'
import {
  ENDS_TOO_EARLY,
  type EventFields,
  type FieldErrors,
  fieldsOf,
  LAST_DAY_TOO_EARLY,
  LONGEST,
  NEEDS_A_LAST_DAY,
  NEEDS_A_NAME,
  NEEDS_A_START,
  NEEDS_A_ZONE,
  NEEDS_AN_END,
  readFields,
  TEXT_FIELDS,
  tooLong,
} from './event-form'
import { addDays, isDate, isTimeZone, readMoment, toRfc3339 } from './time'

/** What a form was filled with. */
export interface Filled {
  event: EventContent & Pick<CalendarEvent, 'recurrence'>
  /** The zone it shows the times of an event in that says none. */
  timeZone: string
}

export interface EventChange {
  fields: EventFields
  /** The fields that the user changed. */
  changed: (keyof EventFields)[]
  /** Undefined when there are errors. Empty when nothing was changed. */
  patch: EventPatch | undefined
  errors: FieldErrors
}

/** As text, for a hidden field. */
export function writeFilled({ event, timeZone }: Filled): string {
  const { summary, location, description, start, end, recurrence } = event
  return JSON.stringify({ event: { summary, location, description, start, end, recurrence }, timeZone })
}

/** @param text the hidden field, whatever came back in it */
export function readFilled(text: unknown): Filled | undefined {
  try {
    const { event, timeZone } = JSON.parse(String(text))
    const read = readEvent({ ...event, id: 'filled' })
    return read && isTimeZone(timeZone) ? { event: read, timeZone } : undefined
  } catch {
    return undefined
  }
}

/** @param body the form's fields, whatever they are; one that was not sent is one that was not changed */
export function readEventChange(body: unknown, was: Filled): EventChange {
  const before = fieldsOf(was.event, was.timeZone)
  const fields = readFields(body, before)
  const changed = changedFields(fields, before)
  const errors: FieldErrors = {}
  const patch: EventPatch = {}
  for (const name of TEXT_FIELDS) {
    if (!changed.includes(name)) continue
    const text = fields[name].trim()
    const longest = longestOf(name, before)
    if (name === 'summary' && !text) errors.summary = NEEDS_A_NAME
    if (text.length > longest) errors[name] = tooLong(longest)
    patch[name] = text
  }
  if (changed.some(name => name === 'start' || name === 'end' || name === 'timeZone' || name === 'endTimeZone')) {
    Object.assign(patch, isDate(fields.start) ? daysOf(fields, was, errors) : timesOf(fields, was, errors))
  }
  return { fields, changed, patch: Object.keys(errors).length > 0 ? undefined : patch, errors }
}

/** A text may stay as long as it was. */
export function longestOf(name: keyof typeof LONGEST, before: EventFields): number {
  return Math.max(LONGEST[name], before[name].length)
}

export function changedFields(fields: EventFields, before: EventFields): (keyof EventFields)[] {
  const names = Object.keys(before) as (keyof EventFields)[]
  return names.filter(name => asSent(name, fields[name]) !== asSent(name, before[name]))
}

/**
 * A field's text after its way through a browser, so that only what the user does makes a difference: an input of one
 * line drops line breaks, a textarea changes them (HTML, "multipart and form submission"), a page has no NUL and no half
 * of a surrogate pair, and a time may lose its `:00`.
 */
function asSent(name: keyof EventFields, text: string): string {
  const clean = text.replace(/\0|\p{Surrogate}/gu, '\ufffd')
  if (name === 'description') return clean.replace(/\r\n?/g, '\n')
  const line = clean.replace(/[\r\n]/g, '')
  return name === 'start' || name === 'end' ? line.replace(/^(.*T\d\d:\d\d):00(\.0+)?$/, '$1') : line
}

function daysOf(fields: EventFields, was: Filled, errors: FieldErrors): EventPatch {
  const before = fieldsOf(was.event, was.timeZone)
  if (!isDate(fields.end)) errors.end = NEEDS_A_LAST_DAY
  else if (fields.end < fields.start) errors.end = LAST_DAY_TOO_EARLY
  if (errors.end) return {}
  const otherKind = isAllDay(was.event) ? {} : { dateTime: null, timeZone: null }
  return {
    ...(fields.start !== before.start && { start: { date: fields.start, ...otherKind } }),
    ...((fields.end !== before.end || !isAllDay(was.event)) && {
      end: { date: addDays(fields.end, 1), ...otherKind },
    }),
  }
}

function timesOf(fields: EventFields, was: Filled, errors: FieldErrors): EventPatch {
  const before = fieldsOf(was.event, was.timeZone)
  const [zone, endZone] = [fields.timeZone, fields.endTimeZone || fields.timeZone]
  if (!isTimeZone(zone)) errors.timeZone = NEEDS_A_ZONE
  if (!isTimeZone(endZone) && fields.endTimeZone) errors.endTimeZone = NEEDS_A_ZONE
  if (errors.timeZone || errors.endTimeZone) return {}

  const otherKind = isAllDay(was.event)
  const newZone = zone !== before.timeZone
  const newEndZone = endZone !== (before.endTimeZone || before.timeZone)
  const startMoved = otherKind || newZone || asSent('start', fields.start) !== asSent('start', before.start)
  const endMoved = otherKind || newEndZone || asSent('end', fields.end) !== asSent('end', before.end)
  const start = startMoved ? readMoment(fields.start, zone) : instantOf(was.event.start, before.timeZone)
  const end = endMoved
    ? readMoment(fields.end, endZone, start)
    : instantOf(was.event.end, before.endTimeZone || before.timeZone)
  if (start === undefined) errors.start = NEEDS_A_START
  if (end === undefined) errors.end = NEEDS_AN_END
  if (start === undefined || end === undefined) return {}
  if (end < start || (end === start && !hasNoLength(was.event, before.timeZone))) {
    errors.end = ENDS_TOO_EARLY
    return {}
  }
  const time = (instant: number, timeZone: string, which: 'start' | 'end', zoneIsNew: boolean): TimePatch => ({
    dateTime: toRfc3339(instant, timeZone),
    // A zone that was never said stays unsaid.
    ...((zoneIsNew || otherKind || 'timeZone' in was.event[which]) && { timeZone }),
    ...(otherKind && { date: null }),
  })
  return {
    ...(startMoved && { start: time(start, zone, 'start', newZone) }),
    ...(endMoved && { end: time(end, endZone, 'end', newEndZone) }),
  }
}

function hasNoLength(event: EventContent, timeZone: string): boolean {
  return !isAllDay(event) && instantOf(event.start, timeZone) === instantOf(event.end, timeZone)
}

/** Where an event has changed since a form was filled: the user's changes on top of how the event is now. */
export function mergeFields(fields: EventFields, was: Filled, now: CalendarEvent): EventFields {
  const changed = changedFields(fields, fieldsOf(was.event, was.timeZone))
  return { ...fieldsOf(now, was.timeZone), ...Object.fromEntries(changed.map(name => [name, fields[name]])) }
}
