/** The form of an event: what a person typed, what it means, and what is wrong with it. */
import { type CalendarEvent, type EventContent, timeZoneOf } from './event'
import { addDays, isDate, isTimeZone, readMoment, toLocal, toRfc3339 } from './time'

export interface EventFields {
  summary: string
  /** `YYYY-MM-DDTHH:mm`, or `YYYY-MM-DD` of an event that takes whole days. */
  start: string
  end: string
  timeZone: string
  location: string
  description: string
}

export type FieldErrors = Partial<Record<keyof EventFields, string>>

export interface ReadEventForm {
  fields: EventFields
  /** Undefined when there are errors. */
  content: EventContent | undefined
  errors: FieldErrors
}

const LONGEST = { summary: 200, location: 200, description: 2000 }
const HOUR_MS = 60 * 60 * 1000

/** @param body a form's fields, whatever they are */
export function readEventForm(body: unknown, otherwiseZone: string): ReadEventForm {
  const fields = readFields(body, otherwiseZone)
  const errors: FieldErrors = {}
  if (!fields.summary) errors.summary = 'Give it a name, so that you recognise it in your calendar.'
  for (const [name, longest] of Object.entries(LONGEST) as [keyof typeof LONGEST, number][]) {
    if (fields[name].length > longest) errors[name] = `Use at most ${longest} characters.`
  }
  if (!isTimeZone(fields.timeZone)) errors.timeZone = 'Choose a time zone from the list.'
  const times = isDate(fields.start) ? readDays(fields, errors) : readTimes(fields, errors)
  if (Object.keys(errors).length > 0 || !times) return { fields, content: undefined, errors }
  const { summary, location, description } = fields
  return { fields, content: { summary, location, description, ...times }, errors }
}

/** A form's fields as text: what is missing is empty. */
export function readFields(body: unknown, otherwiseZone: string): EventFields {
  const given = (body ?? {}) as Record<string, unknown>
  const text = (name: string) => (typeof given[name] === 'string' ? given[name].trim() : '')
  return {
    summary: text('summary'),
    start: text('start'),
    end: text('end'),
    timeZone: text('timeZone') || otherwiseZone,
    location: text('location'),
    description: text('description'),
  }
}

function readTimes(fields: EventFields, errors: FieldErrors): Pick<EventContent, 'start' | 'end'> | undefined {
  if (errors.timeZone) return undefined
  const { timeZone } = fields
  const [start, end] = [readMoment(fields.start, timeZone), readMoment(fields.end, timeZone)]
  if (start === undefined) errors.start = 'Say when it starts: a date and a time.'
  if (end === undefined) errors.end = 'Say when it ends: a date and a time.'
  if (start === undefined || end === undefined) return undefined
  if (end <= start) {
    errors.end = 'It has to end after it starts.'
    return undefined
  }
  return {
    start: { dateTime: toRfc3339(start, timeZone), timeZone },
    end: { dateTime: toRfc3339(end, timeZone), timeZone },
  }
}

function readDays(fields: EventFields, errors: FieldErrors): Pick<EventContent, 'start' | 'end'> | undefined {
  if (!isDate(fields.end)) errors.end = 'Say on which day it ends.'
  else if (fields.end < fields.start) errors.end = 'It cannot end before the day it starts.'
  else return { start: { date: fields.start }, end: { date: addDays(fields.end, 1) } }
  return undefined
}

/** The form of an event as it is. */
export function fieldsOf(event: CalendarEvent, otherwiseZone: string): EventFields {
  const timeZone = timeZoneOf(event, otherwiseZone)
  const { summary, location = '', description = '', start, end } = event
  const times =
    'date' in start || 'date' in end
      ? { start: 'date' in start ? start.date : '', end: 'date' in end ? addDays(end.date, -1) : '' }
      : { start: toLocal(Date.parse(start.dateTime), timeZone), end: toLocal(Date.parse(end.dateTime), timeZone) }
  return { summary, location, description, timeZone, ...times }
}

/** An empty form: the next full hour, for an hour. */
export function emptyFields(now: number, timeZone: string): EventFields {
  const start = Math.ceil(now / HOUR_MS) * HOUR_MS
  return {
    summary: '',
    start: toLocal(start, timeZone),
    end: toLocal(start + HOUR_MS, timeZone),
    timeZone,
    location: '',
    description: '',
  }
}
