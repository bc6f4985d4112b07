/**
 * The structure of an iCalendar file (RFC 5545 §3.4 to §3.6), read before the library sees any of it: which components there
 * are, and which of their lines this calendar keeps. All limits are checked here, in one pass over the lines, so that
 * no file costs more than its length allows.
 */
import { Problem } from '../../problem'
import type { ContentLine } from './content-lines'
import { type Fault, invalidFile } from './fault'

/** An event, as it is in the file. */
export interface EventComponent {
  /** The lines that are kept, from BEGIN:VEVENT to END:VEVENT. */
  lines: string[]
  /** Where it begins. */
  line: number
}

/** What is in the file but not kept: how often. */
export interface Skipped {
  component: string
  property?: string
  uid?: string
  reason: string
  count: number
}

/** Says that something of an event is left out. */
export type Skip = (what: Omit<Skipped, 'count' | 'component'>) => void

export interface FileStructure {
  events: EventComponent[]
  /** TZID, and the lines that may say which time zone that is. */
  timeZones: Map<string, string>
  /** X-WR-TIMEZONE: the zone of times that have none. */
  timeZone: string | undefined
  skipped: Skipped[]
}

const MOST_LINES = 100_000
const MOST_COMPONENTS = 10_000
const MOST_EVENTS = 2_000
/** Of one event. */
const MOST_ALARMS = 50
const MOST_PROPERTIES = 2_000
/** VCALENDAR, VEVENT and VALARM are three. */
const DEEPEST = 5
/** In characters: a description of 8,192 characters, each escaped, and more. */
const LONGEST_LINE = 65_536
const LONGEST_HEAD = 2_000

/** §3.1: `name *(";" param) ":"`. The parts exclude each other by their first character, so this takes linear time. */
const HEAD = /^([A-Za-z0-9-]+)(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*:/

const KEPT: Record<string, ReadonlySet<string>> = {
  VEVENT: new Set(
    (
      'UID DTSTAMP DTSTART DTEND DURATION SUMMARY DESCRIPTION LOCATION STATUS RRULE RDATE EXDATE EXRULE RECURRENCE-ID ' +
      'CREATED LAST-MODIFIED SEQUENCE CLASS TRANSP ATTENDEE URL COLOR X-GLASSHOUSE-EXTENDED-PROPERTIES ' +
      'X-GLASSHOUSE-REMINDERS'
    ).split(' '),
  ),
  VALARM: new Set(['ACTION', 'TRIGGER', 'X-GLASSHOUSE-METHOD']),
}
/** They say nothing that an event of this calendar does not say itself. */
const NEEDS_NO_MENTION = new Set(['DESCRIPTION', 'SUMMARY', 'ATTENDEE', 'UID'])

/** @throws Problem 400 that names the line */
export function readStructure(lines: ContentLine[]): FileStructure {
  if (lines.length > MOST_LINES) throw tooMuch(MOST_LINES + 1, `more than ${MOST_LINES} lines`)
  const reader = new StructureReader()
  for (const line of lines) reader.read(line)
  return reader.finish()
}

class StructureReader {
  private readonly open: { name: string; line: number }[] = []
  private readonly events: EventComponent[] = []
  private readonly timeZones = new Map<string, string>()
  private readonly skipped = new Map<string, Skipped>()
  private timeZone: string | undefined
  private components = 0
  private event: EventComponent | undefined
  private alarms = 0
  private zone: { id?: string; location?: string } = {}

  read({ text, number }: ContentLine): void {
    const name = HEAD.exec(text.slice(0, LONGEST_HEAD))?.[1]?.toUpperCase()
    if (name === undefined) {
      throw invalidFile([
        { line: number, detail: `must be a property such as SUMMARY:Breakfast, with parameters of valid form` },
      ])
    }
    if (name === 'BEGIN') this.begin(text.slice(6).trim().toUpperCase(), number)
    else if (name === 'END') this.end(text.slice(4).trim().toUpperCase(), number)
    else this.property(name, text, number)
  }

  finish(): FileStructure {
    const [unclosed] = this.open.slice(-1)
    if (unclosed) {
      throw invalidFile([
        { line: unclosed.line, detail: `begins ${shown(unclosed.name)}, which has no end in the file` },
      ])
    }
    const { events, timeZones, timeZone } = this
    return { events, timeZones, timeZone, skipped: [...this.skipped.values()] }
  }

  private begin(name: string, line: number): void {
    if (++this.components > MOST_COMPONENTS) throw tooMuch(line, `more than ${MOST_COMPONENTS} components`)
    if (this.open.length >= DEEPEST) throw tooMuch(line, `components nested more than ${DEEPEST} deep`)
    const parent = this.open.at(-1)?.name
    if ((name === 'VCALENDAR') !== (parent === undefined)) {
      throw invalidFile([{ line, detail: 'must be inside VCALENDAR, and VCALENDAR inside nothing' }])
    }
    this.open.push({ name, line })
    if (this.open.length === 2 && name === 'VEVENT') {
      if (this.events.length >= MOST_EVENTS) throw tooMuch(line, `more than ${MOST_EVENTS} events`)
      this.event = { lines: ['BEGIN:VEVENT'], line }
      this.events.push(this.event)
      this.alarms = 0
    } else if (this.open.length === 2 && name !== 'VTIMEZONE') {
      this.skip({ component: shown(name), reason: 'only VEVENT is kept' })
    } else if (this.isAlarm()) {
      if (++this.alarms > MOST_ALARMS) throw tooMuch(line, `an event with more than ${MOST_ALARMS} alarms`)
      this.event?.lines.push('BEGIN:VALARM')
    }
  }

  private end(name: string, line: number): void {
    const last = this.open.at(-1)
    if (last?.name !== name) {
      const detail = last ? `must be the end of ${shown(last.name)}, which began at line ${last.line}` : 'ends nothing'
      throw invalidFile([{ line, detail }])
    }
    if (this.isAlarm()) this.event?.lines.push('END:VALARM')
    if (this.open.length === 2) {
      this.event?.lines.push('END:VEVENT')
      this.event = undefined
      if (this.zone.id !== undefined) this.timeZones.set(this.zone.id, this.zone.location ?? '')
      this.zone = {}
    }
    this.open.pop()
  }

  private property(name: string, text: string, line: number): void {
    const parent = this.open.at(-1)?.name
    if (parent === undefined) throw invalidFile([{ line, detail: 'must be inside VCALENDAR' }])
    const value = () => text.slice(text.indexOf(':') + 1)
    if (this.open.length === 1) {
      if (name === 'VERSION' && value() !== '2.0') {
        throw invalidFile([{ line, property: name, detail: 'must be 2.0 (RFC 5545 §3.7.4)' }])
      }
      if (name === 'X-WR-TIMEZONE') this.timeZone = value()
    } else if (this.open.length === 2 && parent === 'VTIMEZONE') {
      if (name === 'TZID') this.zone.id = value()
      if (name === 'X-LIC-LOCATION') this.zone.location = value()
    } else if (this.event && (this.open.length === 2 || this.isAlarm())) {
      this.ofEvent(this.event, parent, name, { text, number: line })
    }
  }

  private ofEvent(event: EventComponent, parent: string, name: string, { text, number: line }: ContentLine): void {
    if (!KEPT[parent]?.has(name)) {
      if (!NEEDS_NO_MENTION.has(name)) {
        this.skip({ component: parent, property: shown(name), reason: 'this property is not kept' })
      }
      return
    }
    const fault: Fault = { line, property: name, detail: `must not be longer than ${LONGEST_LINE} characters` }
    if (text.length > LONGEST_LINE) throw invalidFile([fault])
    if (event.lines.length >= MOST_PROPERTIES)
      throw tooMuch(line, `an event with more than ${MOST_PROPERTIES} properties`)
    event.lines.push(text)
  }

  private isAlarm(): boolean {
    return this.event !== undefined && this.open.length === 3 && this.open.at(-1)?.name === 'VALARM'
  }

  private skip(what: Omit<Skipped, 'count'>): void {
    countSkipped(this.skipped, what)
  }
}

/** The answer lists at most so many kinds; the rest counts as one. */
const MOST_SKIPPED = 100
const OTHERS = 'others'

export function countSkipped(all: Map<string, Skipped>, what: Omit<Skipped, 'count'>): void {
  const key = JSON.stringify(what)
  const known = all.get(key)
  if (known) known.count++
  else if (all.size < MOST_SKIPPED || what.component === OTHERS) all.set(key, { ...what, count: 1 })
  else countSkipped(all, { component: OTHERS, reason: 'there are too many kinds to list' })
}

/** A name that somebody else chose, short enough to be shown. */
function shown(name: string): string {
  return name.replace(/[^A-Z0-9-]/g, '?').slice(0, 40)
}

function tooMuch(line: number, what: string): Problem {
  return new Problem(400, `The file has ${what}, at line ${line}. Split it into smaller files.`, { check: 'ics.limit' })
}
