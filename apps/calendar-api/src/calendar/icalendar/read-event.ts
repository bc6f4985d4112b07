/** A VEVENT of a file (RFC 5545 §3.6.1), as the event that a client of the API would send. `readEvent` then checks it. */
import { Problem } from '../../problem'
import { type EventInput, readEvent } from '../event-input'
import { colorIdOf } from './colours'
import type { EventComponent, Skip } from './components'
import type { Fault } from './fault'
import { type JComponent, type JProperty, parseComponent } from './library'
import { endOf, InvalidProperty, type SentTime, type TimeReader } from './read-times'
import { readReminders } from './reminders'

/** An event to be stored. */
export interface FileEvent extends Omit<EventInput, 'id'> {
  uid: string
  line: number
  /** For a single event of a series: the start that it has by its rule. */
  recurrenceId: SentTime | undefined
  sequence: number
  /** When this version was made: LAST-MODIFIED or DTSTAMP, in milliseconds since 1970. */
  modified: number | undefined
  created: number | undefined
}

/**
 * @throws FaultyEvent
 */
export function readFileEvent(component: EventComponent, times: TimeReader, skip: Skip): FileEvent {
  let uid: string | undefined
  try {
    const [, properties, alarms] = parseComponent(component.lines)
    const of = byName(properties)
    uid = textOf(of('uid'))
    if (!uid) throw new InvalidProperty('UID', 'is missing')
    if (uid.length > 1024 || /[\p{Cc}\p{Surrogate}]/u.test(uid)) throw new InvalidProperty('UID', 'is not valid')
    const skipHere: Skip = what => skip({ uid: uid?.slice(0, 100) ?? '', ...what })
    const recurrenceId = of('recurrence-id')
    if (recurrenceId?.[1].range) throw new InvalidProperty('RECURRENCE-ID', 'must not have RANGE')
    const { content, span } = readEvent(bodyOf(properties, alarms, times, skipHere))
    return {
      content,
      span,
      uid,
      line: component.line,
      recurrenceId: recurrenceId && times.read(recurrenceId),
      sequence: Math.max(0, Math.min(Number(of('sequence')?.[3] ?? 0) || 0, 2 ** 31 - 1)),
      modified: instantIn(of('last-modified')) ?? instantIn(of('dtstamp')),
      created: instantIn(of('created')),
    }
  } catch (error) {
    throw new FaultyEvent({ line: component.line, ...(uid && { uid: uid.slice(0, 200) }), ...whatIsWrong(error) })
  }
}

export class FaultyEvent extends Error {
  constructor(readonly fault: Fault) {
    super(fault.detail)
  }
}

function whatIsWrong(error: unknown): Pick<Fault, 'property' | 'detail'> {
  if (error instanceof InvalidProperty) return { property: error.property, detail: error.message }
  if (error instanceof Problem) {
    const [first] = error.options.errors ?? []
    const member = first && 'pointer' in first ? first.pointer.split('/')[1] : undefined
    const property = member === undefined ? undefined : PROPERTY_OF[member]
    return { ...(property && { property }), detail: first?.detail ?? error.detail }
  }
  // The library's own: a value that it cannot read. Its text quotes the value.
  if (error instanceof Error) return { detail: 'must have values of the types that RFC 5545 gives its properties' }
  throw error
}

/** By member of an event of the API. */
const PROPERTY_OF: Record<string, string> = {
  start: 'DTSTART',
  end: 'DTEND',
  recurrence: 'RRULE',
  summary: 'SUMMARY',
  description: 'DESCRIPTION',
  location: 'LOCATION',
  status: 'STATUS',
  attendees: 'ATTENDEE',
  reminders: 'VALARM',
  source: 'URL',
  extendedProperties: 'X-GLASSHOUSE-EXTENDED-PROPERTIES',
}

const RULES = ['rrule', 'exrule', 'rdate', 'exdate']

function bodyOf(properties: JProperty[], alarms: JComponent[], times: TimeReader, skip: Skip) {
  const of = byName(properties)
  const dtstart = of('dtstart')
  if (!dtstart) throw new InvalidProperty('DTSTART', 'is missing')
  const start = times.read(dtstart)
  const dtend = of('dtend')
  const url = of('url')
  const extended = textOf(of('x-glasshouse-extended-properties'))
  return {
    start,
    end: endOf(start, dtend && times.read(dtend), textOf(of('duration'))),
    status: textOf(of('status'))?.toLowerCase(),
    summary: textOf(of('summary')),
    description: textOf(of('description')),
    location: textOf(of('location')),
    recurrence: times.recurrence(
      properties.filter(([name]) => RULES.includes(name)),
      start,
    ),
    attendees: readAttendees(properties, skip),
    reminders: readReminders(alarms, textOf(of('x-glasshouse-reminders')), skip),
    colorId: colorIdOf(textOf(of('color'))),
    extendedProperties: extended === undefined ? undefined : readJson(extended),
    source: url && { url: textOf(url), title: url[1]['x-glasshouse-title'] },
    visibility: visibilityOf(textOf(of('class'))),
    transparency: textOf(of('transp'))?.toLowerCase(),
  }
}

function byName(properties: JProperty[]): (name: string) => JProperty | undefined {
  const first = new Map([...properties].reverse().map(property => [property[0], property]))
  return name => first.get(name)
}

function textOf(property: JProperty | undefined): string | undefined {
  return property === undefined ? undefined : String(property[3] ?? '')
}

function instantIn(property: JProperty | undefined): number | undefined {
  const at = Date.parse(textOf(property) ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** RFC 5545 §3.8.1.3: an unknown class is to be treated as private. */
function visibilityOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const visibility = value.toLowerCase()
  return ['public', 'private', 'confidential'].includes(visibility) ? visibility : 'private'
}

const ANSWERS = ['declined', 'tentative', 'accepted']

function readAttendees(properties: JProperty[], skip: Skip): object[] | undefined {
  const attendees = properties
    .filter(([name]) => name === 'attendee')
    .flatMap(property => {
      const [, parameters, , value] = property
      const email = /^mailto:(.+)$/i.exec(String(value))?.[1]
      if (email === undefined) {
        skip({ property: 'ATTENDEE', reason: 'only an attendee with an email address is kept' })
        return []
      }
      const parameter = (name: string) =>
        typeof parameters[name] === 'string' ? (parameters[name] as string) : undefined
      const answer = parameter('partstat')?.toLowerCase() ?? ''
      const guests = Number(parameter('x-num-guests') ?? 0)
      return [
        {
          email,
          displayName: parameter('cn'),
          optional: /^(OPT|NON)-PARTICIPANT$/i.test(parameter('role') ?? '') || undefined,
          resource: /^(RESOURCE|ROOM)$/i.test(parameter('cutype') ?? '') || undefined,
          responseStatus: ANSWERS.includes(answer) ? answer : 'needsAction',
          comment: parameter('x-response-comment'),
          additionalGuests: guests || undefined,
        },
      ]
    })
  return attendees.length > 0 ? attendees : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidProperty('X-GLASSHOUSE-EXTENDED-PROPERTIES', 'must be JSON')
  }
}
