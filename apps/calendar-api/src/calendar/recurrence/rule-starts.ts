/**
 * The starts that a rule generates. The library `rrule-temporal` finds them; this file asks it for short spans of time, so
 * that a rule without an end costs no more than what is looked at, and remembers the answers.
 */
import { RRuleTemporal } from 'rrule-temporal'
import { parseDate, parseInstant } from '../time'
import { type Place, toInstant, toLocal } from './local-time'
import type { Rule } from './rule'

/** One span of time that is looked at at once. Spans begin at multiples of their length. */
const SPAN_MS = 16 * 86_400_000
/** A list of years is looked at in longer spans where the rule generates little: eleven years at most. In spans. */
const LONGEST = 256
/** Enough for two months, which programs ask for again and again: they find the same spans remembered. */
const SHORT_ONES = 5
/** With so few starts in a span, the next one is twice as long; with more than `MANY`, half as long. */
const FEW = 8
const MANY = 64
const DAY_MS = 86_400_000
const YEAR_MS = 366 * DAY_MS
/** All starts of a rule with COUNT are found at once. */
const LONGEST_COUNTED_MS = 100 * YEAR_MS
/** No offset from UTC is larger. */
const LARGEST_OFFSET_MS = 26 * 3_600_000
/** How far the library looks for the next match, and how many dates it tries, before the rule counts as having no more. */
const LIMITS = { maxIterations: 1_500, maxCandidateEvaluations: 20_000 }
/** The answers that are remembered. Each has at most a few hundred numbers. */
const REMEMBERED = 2_000

const remembered = new Map<string, number[]>()

export class RuleStarts {
  private readonly text: string
  /** In spans. The library gives up on longer ones. */
  private longest = LONGEST

  /**
   * @param start of the event, in milliseconds since 1970. It is the first, even if the rule does not generate it
   * @param place undefined for whole days, which are days in UTC
   */
  constructor(
    private readonly rule: Rule,
    private readonly start: number,
    private readonly place: Place | undefined,
  ) {
    const { count, until, others } = rule
    this.text = [
      others,
      ...(count === undefined ? [] : [`COUNT=${count}`]),
      ...(until === undefined ? [] : [`UNTIL=${basic(this.toRuleTime(parseBasic(until)))}Z`]),
    ].join(';')
  }

  get isCounted(): boolean {
    return this.rule.count !== undefined
  }

  /** Generates the starts from `from` on and before `to`, in order, and undefined each time that it has looked for more. */
  *between(from: number, to: number): Generator<number | undefined> {
    let last = Number.NEGATIVE_INFINITY
    for (const start of this.spans(Math.max(from, this.start), to)) {
      if (start === undefined) {
        yield undefined
        continue
      }
      // Two local times are the same instant if one of them is skipped.
      if (start > last && start >= from && start < to) yield start
      last = Math.max(last, start)
    }
  }

  /** @returns the last start, or a later moment; undefined without an end */
  last(): number | undefined {
    const { count, until } = this.rule
    if (count !== undefined) return this.counted().at(-1)
    return until === undefined ? undefined : Math.max(this.start, parseBasic(until))
  }

  /** @throws Error if the rule takes too long, now or in many years */
  check(): void {
    if (this.isCounted) this.remember('all', () => this.all())
    else for (const years of [0, 50]) this.find(this.start + years * YEAR_MS, DAY_MS)
  }

  private *spans(from: number, to: number): Generator<number | undefined> {
    if (this.isCounted) {
      yield* this.counted()
      return
    }
    const until = this.last() ?? Number.POSITIVE_INFINITY
    const end = Math.min(to, until + 1) + LARGEST_OFFSET_MS
    let next = Math.floor((from - LARGEST_OFFSET_MS) / SPAN_MS)
    for (let length = 1, looked = 1; next * SPAN_MS < end; looked += 1) {
      while (length > 1 && (next + length / 2) * SPAN_MS >= end) length /= 2
      const first = Math.floor(next / length) * length
      const found = this.look(first, length)
      yield undefined
      if (found === undefined) {
        length /= 2
        continue
      }
      yield* found
      next = first + length
      if (found.length > MANY) length = Math.max(length / 2, 1)
      else if (found.length <= FEW && looked >= SHORT_ONES) length = Math.min(length * 2, this.longest)
    }
  }

  /** @param first of `length` spans. @returns undefined if the library gave up, because they are too long */
  private look(first: number, length: number): number[] | undefined {
    const find = () => this.find(first * SPAN_MS, length * SPAN_MS)
    if (length === 1) return this.remember(String(first), () => attempt(find))
    try {
      return this.remember(`${first} ${length}`, find)
    } catch {
      this.longest = length / 2
      return undefined
    }
  }

  /** @returns the starts within `length` from `from`, which is a time of the rule */
  private find(from: number, length: number): number[] {
    // The library includes both limits.
    const found = this.library().between(new Date(from), new Date(from + length - 1), true)
    return found.map(one => this.fromRuleTime(one.epochMilliseconds))
  }

  private counted(): number[] {
    return this.remember('all', () => attempt(() => this.all()))
  }

  private all(): number[] {
    const latest = this.start + LONGEST_COUNTED_MS
    const found = this.library().all(one => one.epochMilliseconds < latest)
    if (found.length < (this.rule.count ?? 0)) throw new Error('the rule does not reach its COUNT in time')
    return found.map(one => this.fromRuleTime(one.epochMilliseconds))
  }

  private library(): RRuleTemporal {
    const zone = this.hourly ? this.place?.timeZone : undefined
    const start = basic(zone && this.place ? toLocal(this.start, this.place) : this.toRuleTime(this.start))
    const rruleString = `DTSTART${zone ? `;TZID=${zone}:${start}` : `:${start}Z`}\nRRULE:${this.text}`
    return new RRuleTemporal({ rruleString, includeDtstart: true, ...LIMITS })
  }

  /** Hours pass on the clock of the place. All other rules repeat what a clock there shows, so they are in local time. */
  private get hourly(): boolean {
    return this.rule.frequency === 'HOURLY'
  }

  private toRuleTime(instant: number): number {
    return this.place && !this.hourly ? toLocal(instant, this.place) : instant
  }

  private fromRuleTime(time: number): number {
    const instant = this.place && !this.hourly ? toInstant(time, this.place) : time
    // Rules know no fractions of a second.
    return instant + (this.start % 1000)
  }

  private remember(what: string, find: () => number[]): number[] {
    const key = [this.start, this.place?.zone.name, this.text, what].join(' ')
    const known = remembered.get(key)
    if (known) return known
    const starts = find()
    remembered.set(key, starts)
    const [oldest] = remembered.keys()
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest)
    return starts
  }
}

/** A stored rule was checked, but not for every year. The library gives up on one that takes too long. */
function attempt(find: () => number[]): number[] {
  try {
    return find()
  } catch {
    return []
  }
}

/** @returns such as `20270328T100000`, without a zone */
function basic(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')
}

/** @param text `YYYYMMDD` or `YYYYMMDDTHHMMSSZ`. @returns milliseconds since 1970; NaN if there is no such moment */
export function parseBasic(text: string): number {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z)?$/.exec(text) ?? []
  const date = `${year}-${month}-${day}`
  const instant = time ? parseInstant(`${date}T${time.replace(/(\d\d)(?=\d)/g, '$1:')}Z`) : parseDate(date)
  return instant ?? Number.NaN
}
