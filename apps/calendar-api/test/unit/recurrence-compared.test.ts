/** Generated rules, whose dates a second, independent library (`rrule`, after Python's dateutil) finds too. */
import fc from 'fast-check'
import { rrulestr } from 'rrule'
import { InvalidRule } from '../../src/calendar/recurrence/rule'
import { Series } from '../../src/calendar/recurrence/series'
import { occurrences } from '../occurrences'

const sorted = (list: number[]) => list.sort((one, other) => one - other)
/** So that the suite stays short. All were compared with RECURRENCE_RULES=2000, which takes three minutes. */
const RULES = Number(process.env.RECURRENCE_RULES ?? 250)
const numbers = (from: number, to: number) =>
  fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 2 }).map(sorted)
const signed = (to: number) =>
  fc.uniqueArray(
    fc.integer({ min: -to, max: to }).filter(number => number !== 0),
    { minLength: 1, maxLength: 3 },
  )
const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
const weekdays = fc.uniqueArray(weekday, { minLength: 1, maxLength: 4 })
const nth = (most: number) =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: -most, max: most }).filter(number => number !== 0),
        weekday,
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map(days => days.map(([number, day]) => `${number}${day}`))
const part = (name: string, values: fc.Arbitrary<unknown>) => values.map(value => `${name}=${value}`)
const maybe = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts.map(one => fc.option(one, { freq: 2 }))).map(found => found.filter(one => one !== null) as string[])

const common = [part('INTERVAL', fc.integer({ min: 1, max: 5 })), part('WKST', weekday)]
const times = [
  part('BYHOUR', numbers(0, 23)),
  part(
    'BYMINUTE',
    numbers(0, 59).map(([minute]) => minute),
  ),
]
const month = part('BYMONTH', numbers(1, 12))
const weeks = signed(48).map(list => list.map(week => week + 2 * Math.sign(week)))
const every = [...common, ...times, month]
const days = part('BYDAY', weekdays)
const position = part(
  'BYSETPOS',
  fc.integer({ min: -4, max: 4 }).filter(number => number !== 0),
)
const rules = (...choices: [string, ...fc.Arbitrary<string>[]][]) =>
  fc.oneof(...choices.map(([frequency, ...parts]) => maybe(...parts).map(found => [`FREQ=${frequency}`, ...found])))
const frequencies = fc.oneof(
  rules(
    ['DAILY', ...every, days, part('BYMONTHDAY', signed(31))],
    ['WEEKLY', ...every, days],
    ['MONTHLY', ...every, days, part('BYMONTHDAY', signed(31))],
    ['MONTHLY', ...every, part('BYDAY', nth(5))],
    ['YEARLY', ...every, days, part('BYMONTHDAY', signed(31))],
    ['YEARLY', ...common, ...times, part('BYDAY', nth(53))],
    ['YEARLY', ...common, ...times, part('BYYEARDAY', signed(366))],
  ),
  // The other library forgets days of the first and the last weeks that lie in another year.
  // Without BYDAY, RFC 5545 takes the weekday of the start, and the other library takes each day of the week.
  fc.tuple(rules(['YEARLY', ...common, ...times, part('BYWEEKNO', weeks)]), days).map(([rule, day]) => [...rule, day]),
  // The other library is wrong about sets that are smaller than the position, or in which two positions are the same.
  fc
    .tuple(rules(['MONTHLY', ...every], ['YEARLY', ...every]), days, position)
    .map(([rule, ...more]) => [...rule, ...more]),
)
const ends = fc.oneof(
  fc.constant([]),
  part('COUNT', fc.integer({ min: 1, max: 60 })).map(end => [end]),
  fc.integer({ min: 0, max: 2_000 }).map(days => [`UNTIL=${basic(Date.UTC(2025, 0, 1) + days * 86_400_000)}`]),
)
const start = fc.integer({ min: 0, max: 3_000 * 24 }).map(hours => Date.UTC(2018, 0, 1) + hours * 3_600_000)
const cases = fc.record({ rule: fc.tuple(frequencies, ends).map(parts => parts.flat().join(';')), start })

function basic(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** So many days after its start, each rule is looked at. */
const DAYS = 150

test('no difference in the first 150 days', () => {
  const differences: object[] = []
  let compared = 0
  for (const { rule, start } of fc.sample(cases, { seed: 20, numRuns: RULES * 3 })) {
    if (compared === RULES) break
    // With a start that the rule itself generates. Otherwise it is one more event here, and none there.
    const first = rrulestr(`DTSTART:${basic(start)}\nRRULE:${rule.replace(/;(COUNT|UNTIL)=.*/, '')}`).after(
      new Date(start),
      true,
    )
    if (!first || first.getTime() > Date.UTC(2030, 0)) continue
    const until = /UNTIL=(.{8})T(.{6})/.exec(rule)
    // With an end before its start, an event takes place once here, and never there.
    if (until && `${until[1]}T${until[2]}Z` < basic(first.getTime())) continue
    const [from, to] = [first.getTime(), first.getTime() + DAYS * 86_400_000]
    const ours = ourDates(rule, from, to)
    if (!ours) continue
    compared++
    const theirs = theirDates(rule, from, to)
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      differences.push({ rule, start: basic(from), ...firstOf(ours, theirs) })
  }
  expect(differences).toEqual([])
  expect(compared).toBe(RULES)
})

function firstOf(ours: number[], theirs: number[]) {
  const at = ours.findIndex((time, index) => time !== theirs[index])
  const from = at < 0 ? ours.length : at
  return { ours: ours.slice(from, from + 3).map(basic), theirs: theirs.slice(from, from + 3).map(basic) }
}

/** @returns undefined if we do not accept the rule */
function ourDates(rule: string, from: number, to: number): number[] | undefined {
  const time = { dateTime: new Date(from).toISOString(), timeZone: 'UTC' }
  try {
    const series = new Series({ start: time, end: time, recurrence: [`RRULE:${rule}`] })
    series.check()
    return occurrences(series, from - 1, to).map(({ startAt }) => startAt)
  } catch (error) {
    if (error instanceof InvalidRule) return undefined
    throw error
  }
}

function theirDates(rule: string, from: number, to: number): number[] {
  const library = rrulestr(`DTSTART:${basic(from)}\nRRULE:${rule}`)
  const found = library.between(new Date(from), new Date(to - 1), true).map(date => date.getTime())
  return [...new Set(found)].sort((one, other) => one - other)
}
