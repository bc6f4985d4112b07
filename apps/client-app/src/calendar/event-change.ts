/**
 * The form of an existing event. It contains the values that it was filled with (`was`), and only the fields that
 * differ are sent to the calendar. A form shows only part of an event, so unchanged fields must not pass through it.
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

/** The values that a form was filled with. */
export interface Filled {
  event: EventContent & Pick<CalendarEvent, 'recurrence'>
  /** The zone for the times of an event that has no zone. */
  timeZone: string
}

export interface EventChange {
  fields: EventFields
  /** The fields that the user changed. */
  changed: (keyof EventFields)[]
  /** Undefined if there are errors. Empty if nothing was changed. */
  patch: EventPatch | undefined
  errors: FieldErrors
}

/** As text, for a hidden field. */
export function writeFilled({ event, timeZone }: Filled): string {
  const { summary, location, description, start, end, recurrence } = event
  return JSON.stringify({ event: { summary, location, description, start, end, recurrence }, timeZone })
}

/** @param text the hidden field, which may contain anything */
export function readFilled(text: unknown): Filled | undefined {
  try {
    const { event, timeZone } = JSON.parse(String(text))
    const read = readEvent({ ...event, id: 'filled' })
    return read && isTimeZone(timeZone) ? { event: read, timeZone } : undefined
  } catch {
    return undefined
  }
}

/** @param body the form's fields, which may be anything; a field that was not sent counts as unchanged */
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

/** A text may be as long as it was before, even if that is more than the limit. */
export function longestOf(name: keyof typeof LONGEST, before: EventFields): number {
  return Math.max(LONGEST[name], before[name].length)
}

export function changedFields(fields: EventFields, before: EventFields): (keyof EventFields)[] {
  const names = Object.keys(before) as (keyof EventFields)[]
  return names.filter(name => asSent(name, fields[name]) !== asSent(name, before[name]))
}

/**
 * A field's text as a browser would send it back, so that only the user's changes count. A one-line input drops line
 * breaks, a textarea changes them (HTML, "multipart and form submission"), a page cannot contain NUL or half of a
 * surrogate pair, and a time may lose its `:00`.
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
    // An event without a zone stays without one.
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

/** For an event that has changed since the form was filled: applies the user's changes to its current version. */
export function mergeFields(fields: EventFields, was: Filled, now: CalendarEvent): EventFields {
  const changed = changedFields(fields, fieldsOf(was.event, was.timeZone))
  return { ...fieldsOf(now, was.timeZone), ...Object.fromEntries(changed.map(name => [name, fields[name]])) }
}
