import {
  addDays,
  daysBetween,
  isDate,
  isTimeZone,
  readMoment,
  toInstant,
  toLocal,
  toRfc3339,
} from '../../src/calendar/time'

const instant = (text: string) => Date.parse(text)

describe('a local time', () => {
  it.each([
    ['2027-01-15T12:00', 'UTC', '2027-01-15T12:00:00Z'],
    ['2027-01-15T12:00', 'Europe/Lisbon', '2027-01-15T12:00:00Z'],
    ['2027-07-15T12:00', 'Europe/Lisbon', '2027-07-15T11:00:00Z'],
    ['2027-07-15T00:30', 'Asia/Kathmandu', '2027-07-14T18:45:00Z'],
    ['2027-07-15T12:00', 'America/New_York', '2027-07-15T16:00:00Z'],
    // Clocks go forward on 28 March at 02:00: 02:30 does not exist and means 03:30 (RFC 5545 §3.3.5).
    ['2027-03-28T02:30', 'Europe/Amsterdam', '2027-03-28T01:30:00Z'],
    // Clocks go back on 31 October at 03:00: 02:30 happens twice and means the first (RFC 5545 §3.3.5).
    ['2027-10-31T02:30', 'Europe/Amsterdam', '2027-10-31T00:30:00Z'],
  ])('%s in %s is %s', (local, zone, expected) => {
    expect(toInstant(local, zone)).toBe(instant(expected))
  })

  it.each(['2027-02-30T12:00', '2027-13-01T12:00', '2027-01-01T24:00', '2027-01-01', 'noon', ''])(
    '%j is not one',
    local => {
      expect(toInstant(local, 'UTC')).toBeUndefined()
    },
  )

  it('is what a clock in the zone shows', () => {
    expect(toLocal(instant('2027-07-14T18:45:00Z'), 'Asia/Kathmandu')).toBe('2027-07-15T00:30')
  })
})

it.each([
  ['2027-07-15T12:00:00Z', 'Europe/Lisbon', '2027-07-15T13:00:00+01:00'],
  ['2027-07-15T12:00:00Z', 'America/New_York', '2027-07-15T08:00:00-04:00'],
  ['2027-07-15T12:00:00Z', 'Asia/Kathmandu', '2027-07-15T17:45:00+05:45'],
  ['2027-07-15T12:00:00Z', 'UTC', '2027-07-15T12:00:00+00:00'],
])('%s in %s is written %s (RFC 3339 §5.6)', (at, zone, expected) => {
  expect(toRfc3339(instant(at), zone)).toBe(expected)
})

it('reads a full RFC 3339 time as it stands, whatever the zone', () => {
  expect(readMoment('2027-07-15T12:00:00+02:00', 'Asia/Tokyo')).toBe(instant('2027-07-15T10:00:00Z'))
  expect(readMoment('2027-07-15T12:00', 'Asia/Tokyo')).toBe(instant('2027-07-15T03:00:00Z'))
})

it('recognizes time zones and dates', () => {
  expect(['Europe/Lisbon', 'UTC', 'Mars/Olympus', '+02:00', '', undefined].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
  expect(['2027-02-28', '2027-02-29', '2028-02-29', '27-02-28'].map(isDate)).toEqual([true, false, true, false])
})

it('counts days correctly when clocks change', () => {
  expect(addDays('2027-03-27', 2)).toBe('2027-03-29')
  expect(daysBetween('2027-03-27', '2027-03-29')).toBe(2)
})

describe('near a change of the clocks, every quarter of an hour is what Intl says', () => {
  it.each([
    ['Europe/Amsterdam', '2027-03-28', 'forward by an hour'],
    ['America/New_York', '2027-11-07', 'back by an hour'],
    ['Australia/Lord_Howe', '2027-04-03', 'back by half an hour'],
    ['America/St_Johns', '2006-04-02', 'forward at one minute past midnight'],
    ['Pacific/Apia', '2011-12-30', 'a whole day is left out'],
    ['Europe/Lisbon', '1992-09-27', 'a change of the zone'],
  ])('%s on %s: %s', (timeZone, date) => {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    const around = instant(`${date}T00:00:00Z`)
    for (let hours = -48; hours < 48; hours += 0.25) {
      const at = around + hours * 60 * 60_000
      // Twice, because the second answer is remembered.
      const expected = format.format(at).replace(' ', 'T')
      expect([toLocal(at, timeZone), toLocal(at, timeZone)]).toEqual([expected, expected])
    }
  })
})
