/**
 * An event that repeats (RFC 5545 §3.8.5): its start, the dates of its rule and of RDATE, without those of EXDATE. Instants
 * are milliseconds since 1970; whole days are days in UTC.
 */
import { type EventTime, instantOfTime } from '../time'
import { readDates } from './dates'
import { formatInstant, type Place, placeOf } from './local-time'
import { InvalidRule, readRule } from './rule'
import { parseBasic, RuleStarts } from './rule-starts'

/** One of the events of a series. */
export interface Occurrence {
  startAt: number
  endAt: number
  start: EventTime
  end: EventTime
}

export interface Repeating {
  start: EventTime
  end: EventTime
  recurrence: string[]
}

/** The end of a series that has none: the first moment after the years that RFC 3339 can write. */
export const NEVER = Date.UTC(10_000, 0, 1)

/** Each list has to look at all events that may still be under way. */
const MOST_LENGTH_MS = 92 * 86_400_000

export class Series {
  private readonly startAt: number
  private readonly length: number
  private readonly place: Place | undefined
  private readonly endPlace: Place | undefined
  private readonly starts: RuleStarts | undefined
  private readonly added: number[] = []
  private readonly excluded = new Set<number>()

  /** @throws InvalidRule */
  constructor({ start, end, recurrence }: Repeating) {
    this.startAt = instantOfTime(start)
    this.length = instantOfTime(end) - this.startAt
    this.place = 'date' in start ? undefined : placeOf(start.dateTime, start.timeZone)
    this.endPlace = 'date' in end ? undefined : placeOf(end.dateTime, end.timeZone)
    for (const line of recurrence) {
      const rule = /^RRULE:(.*)$/.exec(line)?.[1]
      if (rule !== undefined) {
        if (this.starts) throw new InvalidRule('must not have more than one RRULE')
        this.starts = this.readRule(rule)
        continue
      }
      const dates = readDates(line, this.place)
      if (!dates) throw new InvalidRule(whatIsWrong(line))
      if (dates.name === 'RDATE') this.added.push(...dates.at)
      else for (const at of dates.at) this.excluded.add(at)
    }
    this.added.sort((one, other) => one - other)
    if (this.starts?.isCounted === false && this.length > MOST_LENGTH_MS) {
      throw new InvalidRule('must have COUNT for an event of more than 92 days')
    }
  }

  private readRule(text: string): RuleStarts {
    const rule = readRule(text, this.place === undefined)
    if (rule.until !== undefined && Number.isNaN(parseBasic(rule.until))) {
      throw new InvalidRule('must have UNTIL with a date that exists')
    }
    return new RuleStarts(rule, this.startAt, this.place)
  }

  /** When the first begins and the last is over; `NEVER` without an end. */
  span(): { startAt: number; endAt: number } {
    const last = this.starts ? this.starts.last() : this.startAt
    const startAt = Math.min(this.startAt, ...this.added)
    const endAt = last === undefined ? NEVER : Math.max(last, ...this.added) + this.length
    return { startAt, endAt: Math.min(endAt, NEVER) }
  }

  /** For a new series. @throws InvalidRule when its rule takes too long */
  check(): void {
    try {
      this.starts?.check()
    } catch {
      throw new InvalidRule(
        'must not have a rule whose dates are so rare. With COUNT, the last must be within 100 years',
      )
    }
  }

  /**
   * Generates the occurrences that start before `to` and end after `from`, in the order of their starts, and undefined now and
   * then: to look for the next one may take long.
   */
  *between(from: number, to: number): Generator<Occurrence | undefined> {
    const earliest = from - this.length
    const generated = this.starts?.between(earliest, to) ?? [this.startAt]
    let last = Number.NEGATIVE_INFINITY
    for (const startAt of inOrder(generated, this.added)) {
      if (startAt === undefined) {
        yield undefined
        continue
      }
      if (startAt >= Math.min(to, NEVER)) return
      if (startAt === last || this.excluded.has(startAt)) continue
      last = startAt
      if (startAt > earliest) yield this.occurrence(startAt)
    }
  }

  /** @returns the occurrence that starts in this second, if there is one */
  at(startAt: number): Occurrence | undefined {
    for (const found of this.between(startAt - 1, startAt + 1000)) if (found && found.startAt >= startAt) return found
    return undefined
  }

  private occurrence(startAt: number): Occurrence {
    const endAt = startAt + this.length
    return { startAt, endAt, start: timeAt(startAt, this.place), end: timeAt(endAt, this.endPlace) }
  }
}

function timeAt(instant: number, place: Place | undefined): EventTime {
  if (!place) return { date: new Date(instant).toISOString().slice(0, 10) }
  const { timeZone } = place
  return { dateTime: formatInstant(instant, place), ...(timeZone !== undefined && { timeZone }) }
}

function whatIsWrong(line: string): string {
  // RFC 5545 §8.3.2 marks it as deprecated: EXDATE says the same by dates.
  if (line.startsWith('EXRULE')) return 'must not have EXRULE, which RFC 5545 has removed. Use EXDATE'
  if (/^DT(START|END)/.test(line)) return 'must not have DTSTART or DTEND: start and end say the same'
  return 'must be a list of lines such as "RRULE:FREQ=WEEKLY;COUNT=4", RDATE and EXDATE'
}

/** Merges a generator and a list that are each in order. */
function* inOrder(generated: Iterable<number | undefined>, list: number[]): Generator<number | undefined> {
  let next = 0
  for (const value of generated) {
    for (; value !== undefined && next < list.length && (list[next] as number) <= value; next++) yield list[next]
    yield value
  }
  yield* list.slice(next)
}
