/** The form of an event: its fields, the event they describe, and their errors. */
import { type EventContent, instantOf, timeZoneOf } from './event'
import { addDays, isDate, isTimeZone, readMoment, toFieldTime, toLocal, toRfc3339 } from './time'

export interface EventFields {
  summary: string
  /** `YYYY-MM-DDTHH:mm`, with `:ss` if there are seconds; `YYYY-MM-DD` if the event lasts whole days. */
  start: string
  end: string
  timeZone: string
  /** Empty if it is the same as for the start. */
  endTimeZone: string
  location: string
  description: string
}

export type FieldErrors = Partial<Record<keyof EventFields, string>>

export interface ReadEventForm {
  fields: EventFields
  /** Undefined if there are errors. */
  content: EventContent | undefined
  errors: FieldErrors
}

/** In characters. */
export const LONGEST = { summary: 200, location: 200, description: 2000 }
export type TextField = keyof typeof LONGEST
export const TEXT_FIELDS = Object.keys(LONGEST) as TextField[]
const HOUR_MS = 60 * 60 * 1000

/** Reads the form of a new event. @param body the form's fields, which may be anything */
export function readEventForm(body: unknown, otherwiseZone: string): ReadEventForm {
  const fields = readFields(body, { ...NOTHING, timeZone: otherwiseZone })
  const errors: FieldErrors = {}
  if (!fields.summary.trim()) errors.summary = NEEDS_A_NAME
  for (const name of TEXT_FIELDS) {
    if (fields[name].trim().length > LONGEST[name]) errors[name] = tooLong(LONGEST[name])
  }
  if (!isTimeZone(fields.timeZone)) errors.timeZone = NEEDS_A_ZONE
  const times = isDate(fields.start) ? readDays(fields, errors) : readTimes(fields, errors)
  if (Object.keys(errors).length > 0 || !times) return { fields, content: undefined, errors }
  const { summary, location, description } = fields
  const texts = { summary: summary.trim(), location: location.trim(), description: description.trim() }
  return { fields, content: { ...texts, ...times }, errors }
}

export const NEEDS_A_NAME = 'Give the event a name so that you can find it in your calendar.'
export const NEEDS_A_ZONE = 'Choose a time zone from the list.'
export const NEEDS_A_START = 'Enter the date and time when the event starts.'
export const NEEDS_AN_END = 'Enter the date and time when the event ends.'
export const NEEDS_A_LAST_DAY = 'Enter the last day of the event.'
export const ENDS_TOO_EARLY = 'The end must be after the start.'
export const LAST_DAY_TOO_EARLY = 'The last day must not be before the first day.'
export const tooLong = (longest: number) => `Use at most ${longest} characters.`

const NOTHING: EventFields = {
  summary: '',
  start: '',
  end: '',
  timeZone: '',
  endTimeZone: '',
  location: '',
  description: '',
}

/** The fields of a form as text, as they were sent. @param otherwise the values of fields that were not sent */
export function readFields(body: unknown, otherwise: EventFields): EventFields {
  const given = (body ?? {}) as Record<string, unknown>
  const text = (name: keyof EventFields) => (typeof given[name] === 'string' ? given[name] : otherwise[name])
  return {
    summary: text('summary'),
    start: text('start').trim(),
    end: text('end').trim(),
    timeZone: text('timeZone').trim() || otherwise.timeZone,
    endTimeZone: text('endTimeZone').trim(),
    location: text('location'),
    description: text('description'),
  }
}

function readTimes(fields: EventFields, errors: FieldErrors): Pick<EventContent, 'start' | 'end'> | undefined {
  if (errors.timeZone) return undefined
  const { timeZone } = fields
  const start = readMoment(fields.start, timeZone)
  const end = readMoment(fields.end, timeZone, start)
  if (start === undefined) errors.start = NEEDS_A_START
  if (end === undefined) errors.end = NEEDS_AN_END
  if (start === undefined || end === undefined) return undefined
  if (end <= start) {
    errors.end = ENDS_TOO_EARLY
    return undefined
  }
  return {
    start: { dateTime: toRfc3339(start, timeZone), timeZone },
    end: { dateTime: toRfc3339(end, timeZone), timeZone },
  }
}

function readDays(fields: EventFields, errors: FieldErrors): Pick<EventContent, 'start' | 'end'> | undefined {
  if (!isDate(fields.end)) errors.end = NEEDS_A_LAST_DAY
  else if (fields.end < fields.start) errors.end = LAST_DAY_TOO_EARLY
  else return { start: { date: fields.start }, end: { date: addDays(fields.end, 1) } }
  return undefined
}

/** The form fields for an existing event. @param otherwiseZone for an event without a zone */
export function fieldsOf(event: EventContent, otherwiseZone: string): EventFields {
  const timeZone = timeZoneOf(event, otherwiseZone)
  const endTimeZone = endZoneOf(event, timeZone)
  const { summary, location = '', description = '', start, end } = event
  const texts = { summary, location, description }
  if ('date' in start && 'date' in end) {
    return { ...texts, timeZone, endTimeZone: '', start: start.date, end: addDays(end.date, -1) }
  }
  return {
    ...texts,
    timeZone,
    endTimeZone: endTimeZone === timeZone ? '' : endTimeZone,
    start: toFieldTime(instantOf(start, timeZone), timeZone),
    end: toFieldTime(instantOf(end, endTimeZone), endTimeZone),
  }
}

function endZoneOf({ end }: EventContent, startZone: string): string {
  return ('dateTime' in end && end.timeZone) || startZone
}

/** An empty form, with an hour from the next full hour on. */
export function emptyFields(now: number, timeZone: string): EventFields {
  const start = Math.ceil(now / HOUR_MS) * HOUR_MS
  return { ...NOTHING, timeZone, start: toLocal(start, timeZone), end: toLocal(start + HOUR_MS, timeZone) }
}
