/** Events written as an iCalendar file and read back (RFC 5545): nothing is lost of what docs/decisions/icalendar.md promises. */
import fc from 'fast-check'
import type { CalendarEvent } from '../../src/calendar/event'
import type { readEvent } from '../../src/calendar/event-input'
import { readRule } from '../../src/calendar/recurrence/rule'
import { instantOfTime } from '../../src/calendar/time'
import { read, toEvent, write } from '../calendar-text'

/** What is promised to be the same, in one form. */
function kept(content: CalendarEvent | ReturnType<typeof readEvent>['content']) {
  const { status, summary, description, location, start, end, recurrence, attendees, reminders } = content
  const { colorId, extendedProperties, source, visibility, transparency } = content
  const isRepeated = recurrence !== undefined
  const time = (one: typeof start) => {
    if ('date' in one) return one
    const zone = one.timeZone === 'UTC' ? undefined : one.timeZone
    const offset = isRepeated && zone === undefined ? one.dateTime.slice(19).replace(/^\.\d+/, '') : undefined
    return { at: Math.floor(instantOfTime(one) / 1000), zone, offset }
  }
  const clean = (text: string | undefined) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as in write-event.ts
    text?.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
  return {
    ...{ status, summary: clean(summary), description: clean(description), location: clean(location) },
    ...{ start: time(start), end: time(end), recurrence, attendees, colorId, extendedProperties, source },
    reminders: reminders && { useDefault: reminders.useDefault, overrides: reminders.overrides ?? [] },
    ...{ visibility: visibility === 'default' ? undefined : visibility, transparency },
  }
}

const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength }),
    fc.string({
      unit: fc.constantFrom('\\', 'n', 'N', ',', ';', ':', '"', '\r', '\n', '\t', ' ', 'é', '東', '🏔️', '^'),
      maxLength,
    }),
  )
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const zone = fc.constantFrom(
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
)

const times = fc
  .tuple(
    fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2098, 0, 1) }),
    fc.integer({ min: 0, max: 5e6 }),
    fc.boolean(),
  )
  .chain(([at, length, wholeDay]): fc.Arbitrary<{ start: object; end: object }> => {
    const iso = (moment: number) => new Date(Math.floor(moment / 60_000) * 60_000).toISOString().replace('.000', '')
    if (wholeDay) {
      return fc.constant({
        start: { date: iso(at).slice(0, 10) },
        end: { date: iso(at + 86_400_000 + length).slice(0, 10) },
      })
    }
    const both = (more: object, z = 'Z') => ({
      start: { dateTime: iso(at).replace('Z', z), ...more },
      end: { dateTime: iso(at + length * 1000).replace('Z', z), ...more },
    })
    return fc.oneof(
      zone.map(timeZone => both({ timeZone })),
      fc.constantFrom('Z', '+05:45', '-03:30').map(offset => both({}, offset)),
    )
  })

const rule = fc.constantFrom(
  ['RRULE:FREQ=WEEKLY;COUNT=4'],
  ['RRULE:FREQ=MONTHLY;BYDAY=-1FR'],
  ['RRULE:FREQ=YEARLY;INTERVAL=2;WKST=SU'],
  ['RRULE:FREQ=DAILY;BYMONTH=3,6'],
)
const body = fc
  .record({
    times,
    status: fc.constantFrom('confirmed', 'tentative'),
    summary: optional(text(60)),
    description: optional(text(200)),
    location: optional(text(60)),
    recurrence: optional(rule),
    attendees: optional(
      fc.array(
        fc.record({
          email: fc.constantFrom('bob@example.com', 'eve+x@example.org'),
          displayName: optional(
            fc.string({
              unit: fc.constantFrom('a', ',', ';', ':', '"', '^', ' ', 'ß', 'n', "'"),
              minLength: 1,
              maxLength: 20,
            }),
          ),
          optional: optional(fc.constant(true)),
          resource: optional(fc.constant(true)),
          responseStatus: fc.constantFrom('needsAction', 'declined', 'tentative', 'accepted'),
          additionalGuests: optional(fc.integer({ min: 1, max: 9 })),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    reminders: optional(
      fc.oneof(
        fc.constant({ useDefault: true }),
        fc.record({
          useDefault: fc.constant(false),
          overrides: fc.array(
            fc.record({ method: fc.constantFrom('email', 'popup'), minutes: fc.integer({ min: 0, max: 40_320 }) }),
            { maxLength: 5 },
          ),
        }),
      ),
    ),
    colorId: optional(fc.integer({ min: 1, max: 11 }).map(String)),
    extendedProperties: optional(
      fc.record({ private: fc.dictionary(fc.constantFrom('a', 'trip;id', '__proto__', 'ü,'), text(20)) }),
    ),
    source: optional(
      fc.record({
        url: fc.constantFrom('https://example.com/a,b;c?d="e"', 'http://x.example'),
        title: optional(fc.constant('A "title": 1^2')),
      }),
    ),
    visibility: optional(fc.constantFrom('default', 'public', 'private', 'confidential')),
    transparency: optional(fc.constantFrom('opaque', 'transparent')),
  })
  .map(({ times: both, ...rest }) => Object.assign({}, rest, both))

test('a generated event is the same after a round trip', () => {
  fc.assert(
    fc.property(body, sent => {
      const event = toEvent(sent)
      const { events, skipped } = read(write([event]))
      expect(skipped).toEqual([])
      expect(events).toHaveLength(1)
      expect(kept(events[0]?.content as CalendarEvent)).toEqual(kept(event))
      expect(events[0]).toMatchObject({
        uid: '0123456789@glasshouse.example',
        modified: event.updated,
        created: event.created,
      })
    }),
    { numRuns: 150, seed: 5545 },
  )
})

test('every line has CRLF and at most 75 octets (RFC 5545 §3.1)', () => {
  fc.assert(
    fc.property(body, sent => {
      const file = write([toEvent(sent)])
      expect(file.endsWith('\r\n')).toBe(true)
      for (const line of file.split('\r\n')) {
        expect(line).not.toMatch(/[\r\n]/)
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      }
    }),
    { numRuns: 50, seed: 5545 },
  )
})

const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

/** Parts of rules in the order in which they are generated. */
const anyRule = fc
  .record({
    FREQ: fc.constantFrom('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    COUNT: rarely(fc.integer({ min: 1, max: 730 })),
    UNTIL: rarely(fc.constantFrom('20271231T235959Z')),
    INTERVAL: optional(fc.integer({ min: 1, max: 9_999 })),
    BYMONTH: rarely(fc.constantFrom('1', '2,12')),
    BYWEEKNO: rarely(fc.constantFrom('1', '-53,20')),
    BYYEARDAY: rarely(fc.constantFrom('366', '-1,+100')),
    BYMONTHDAY: rarely(fc.constantFrom('31', '-31,1', '+2')),
    BYDAY: rarely(fc.constantFrom('MO', '+2TU,-1FR', '53SU', 'SA,SU')),
    BYHOUR: rarely(fc.constantFrom('0', '23,9')),
    BYMINUTE: rarely(fc.constantFrom('59', '0,30')),
    BYSECOND: rarely(fc.constantFrom('59')),
    BYSETPOS: rarely(fc.constantFrom('1', '-366', '-1,1')),
    WKST: optional(fc.constantFrom('SU', 'MO')),
  })
  .map(parts =>
    Object.entries(parts)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
      .join(';'),
  )

test('every rule that the API accepts is written as it is, and read back as the same rule', () => {
  let count = 0
  fc.assert(
    fc.property(anyRule, text => {
      try {
        readRule(text, false)
      } catch {
        return
      }
      count++
      const start = { dateTime: '2027-03-01T10:00:00Z' }
      const file = write([{ ...toEvent({ start, end: start }), recurrence: [`RRULE:${text}`] }]).replaceAll('\r\n ', '')
      const written = /^RRULE:(.*)\r$/m.exec(file)?.[1] ?? ''
      const sorted = (rule: string) => rule.replaceAll('+', '').split(';').sort()
      expect(sorted(written)).toEqual(sorted(text))
    }),
    { numRuns: 3_000, seed: 5545 },
  )
  expect(count).toBeGreaterThan(100)
})

describe('at the ends of what can be written, the moment is kept', () => {
  test.each([
    ['0000-01-01T00:00:00Z', undefined],
    ['0001-01-01T00:00:00+23:59', undefined],
    ['0099-12-31T12:00:00Z', undefined],
    ['9999-12-31T23:59:59Z', undefined],
    ['9999-12-31T23:59:59-12:00', undefined],
    ['2027-03-01T10:00:00+05:45', undefined],
    ['2027-03-01T10:00:00.123456789Z', undefined],
    ['2027-03-01T10:00:00+05:00', 'Europe/Amsterdam'],
    ['2027-03-01T10:00:00+01:00', 'asia/tokyo'],
    ['2027-10-31T02:30:00+01:00', 'Europe/Amsterdam'],
    ['2027-10-31T02:30:00+02:00', 'Europe/Amsterdam'],
    ['2027-03-28T02:30:00+01:00', 'Europe/Amsterdam'],
    ['2011-12-31T10:00:00+14:00', 'Pacific/Apia'],
  ])('%s %s', (dateTime, timeZone) => {
    const time = { dateTime, ...(timeZone && { timeZone }) }
    const event = toEvent({ start: time, end: time })
    const [found] = read(write([event])).events
    const seconds = (one: Parameters<typeof instantOfTime>[0] | undefined) =>
      one && Math.floor(instantOfTime(one) / 1000)
    expect(seconds(found?.content.start)).toBe(seconds(event.start))
    expect(seconds(found?.content.end)).toBe(seconds(event.end))
  })
})
