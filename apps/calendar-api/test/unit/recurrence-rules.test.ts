/** Which rules are accepted (RFC 5545 §3.3.10), and that none takes long. */
import { costOf } from '@glasshouse/shared/testing/cost'
import { readEvent } from '../../src/calendar/event-input'
import { Series } from '../../src/calendar/recurrence/series'
import type { Problem } from '../../src/problem'
import { occurrences } from '../occurrences'

const zone = 'America/New_York'
const timed = {
  start: { dateTime: '2027-03-01T09:00:00', timeZone: zone },
  end: { dateTime: '2027-03-01T10:00:00', timeZone: zone },
}
const wholeDays = { start: { date: '2027-03-01' }, end: { date: '2027-03-02' } }

function refusal(event: object, ...recurrence: string[]): string {
  try {
    readEvent({ ...event, recurrence })
    return 'accepted'
  } catch (problem) {
    expect((problem as Problem).options.errors?.[0]).toMatchObject({ pointer: '#/recurrence' })
    return (problem as Problem).message
  }
}

test.each([
  'RRULE:FREQ=HOURLY;INTERVAL=6',
  'RRULE:FREQ=DAILY;COUNT=730',
  'RRULE:FREQ=WEEKLY;WKST=SU;BYDAY=MO,WE,FR;UNTIL=20271231T235959Z',
  'RRULE:FREQ=MONTHLY;BYDAY=-1FR,2MO',
  'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1,15,+3',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=8,20;BYMINUTE=30;BYSECOND=15',
  'RRULE:FREQ=YEARLY;BYWEEKNO=20,-1;BYDAY=MO',
  'RRULE:FREQ=YEARLY;BYYEARDAY=1,-366',
  'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
  'RDATE:20270305T090000Z',
  'RDATE;TZID=Europe/Berlin:20270305T090000,20270306T090000',
  'RDATE;VALUE=DATE-TIME:20270305T090000',
])('%s is accepted', line => {
  expect(refusal(timed, line)).toBe('accepted')
})

test.each([
  ['COUNT and UNTIL', 'RRULE:FREQ=DAILY;COUNT=2;UNTIL=20271231T000000Z'],
  ['COUNT', 'RRULE:FREQ=DAILY;COUNT=0'],
  ['COUNT', 'RRULE:FREQ=DAILY;COUNT=731'],
  ['COUNT', 'RRULE:FREQ=DAILY;COUNT=-1'],
  ['COUNT', 'RRULE:FREQ=DAILY;COUNT=2;COUNT=3'],
  ['INTERVAL', 'RRULE:FREQ=DAILY;INTERVAL=0'],
  ['INTERVAL', 'RRULE:FREQ=DAILY;INTERVAL=1,2'],
  ['BYMONTH', 'RRULE:FREQ=YEARLY;BYMONTH=13'],
  ['BYMONTH', 'RRULE:FREQ=YEARLY;BYMONTH=-1'],
  ['BYMONTHDAY', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=0'],
  ['BYMONTHDAY', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=32'],
  ['BYMONTHDAY', 'RRULE:FREQ=WEEKLY;BYMONTHDAY=3'],
  ['BYYEARDAY', 'RRULE:FREQ=MONTHLY;BYYEARDAY=3'],
  ['BYYEARDAY', 'RRULE:FREQ=YEARLY;BYYEARDAY=367'],
  ['BYWEEKNO', 'RRULE:FREQ=MONTHLY;BYWEEKNO=3'],
  ['BYWEEKNO', 'RRULE:FREQ=YEARLY;BYWEEKNO=54'],
  ['BYDAY', 'RRULE:FREQ=WEEKLY;BYDAY=MONDAY'],
  ['BYDAY', 'RRULE:FREQ=WEEKLY;BYDAY=1MO'],
  ['BYDAY', 'RRULE:FREQ=MONTHLY;BYDAY=6MO'],
  ['BYDAY', 'RRULE:FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO'],
  ['BYSETPOS', 'RRULE:FREQ=MONTHLY;BYSETPOS=1'],
  ['BYSETPOS', 'RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0'],
  ['BYHOUR', 'RRULE:FREQ=DAILY;BYHOUR=24'],
  ['BYMINUTE', 'RRULE:FREQ=DAILY;BYMINUTE=60'],
  ['BYSECOND', 'RRULE:FREQ=DAILY;BYSECOND=60'],
  ['WKST', 'RRULE:FREQ=WEEKLY;WKST=XX'],
  ['UNTIL', 'RRULE:FREQ=DAILY;UNTIL=20271231'],
  ['UNTIL', 'RRULE:FREQ=DAILY;UNTIL=20271231T000000'],
  ['UNTIL', 'RRULE:FREQ=DAILY;UNTIL=20270230T000000Z'],
  ['FREQ', 'RRULE:FREQ=SECONDLY'],
  ['FREQ', 'RRULE:FREQ=MINUTELY;BYHOUR=3'],
  ['FREQ', 'RRULE:COUNT=3'],
  ['FOO', 'RRULE:FREQ=DAILY;FOO=1'],
  ['RSCALE', 'RRULE:RSCALE=CHINESE;FREQ=YEARLY'],
  ['8 times a day', 'RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,20,40'],
  ['8 times a day', 'RRULE:FREQ=HOURLY'],
  ['8 times a day', 'RRULE:FREQ=HOURLY;INTERVAL=3;BYMINUTE=0,30'],
  ['EXRULE', 'EXRULE:FREQ=DAILY'],
  ['DTSTART', 'DTSTART:20270301T090000Z'],
  ['DTSTART', 'DTSTART;TZID=Europe/Paris:20270301T090000'],
  ['RDATE', 'RDATE:20270305'],
  ['RDATE', 'RDATE:20270230T090000Z'],
  ['VALUE=PERIOD in RDATE', 'RDATE;VALUE=PERIOD:20270305T090000Z'],
  ['TZID=Nowhere/Land in EXDATE', 'EXDATE;TZID=Nowhere/Land:20270305T090000'],
])('%s is named: %s', (name, line) => {
  expect(refusal(timed, line)).toContain(name)
})

test('more than one RRULE', () => {
  expect(refusal(timed, 'RRULE:FREQ=DAILY', 'RRULE:FREQ=WEEKLY')).toContain('more than one RRULE')
})

test.each([
  ['accepted', 'RRULE:FREQ=DAILY;UNTIL=20270401'],
  ['accepted', 'RDATE;VALUE=DATE:20270405'],
  ['accepted', 'EXDATE:20270405'],
  ['UNTIL', 'RRULE:FREQ=DAILY;UNTIL=20270401T000000Z'],
  ['BYHOUR', 'RRULE:FREQ=DAILY;BYHOUR=3'],
  ['FREQ=HOURLY', 'RRULE:FREQ=HOURLY'],
  ['EXDATE', 'EXDATE:20270405T090000Z'],
  ['TZID', 'EXDATE;TZID=Europe/Berlin:20270405'],
])('whole days: %s: %s', (result, line) => {
  expect(refusal(wholeDays, line)).toContain(result)
})

/** CPU time. */
const MOST_MS = 100

// The first use of the library compiles it.
beforeAll(() => {
  refusal(timed, 'RRULE:FREQ=HOURLY;INTERVAL=3;COUNT=700')
  refusal(timed, 'RRULE:FREQ=DAILY;COUNT=700')
})

test.each([
  'FREQ=HOURLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR,SA,SU',
  'FREQ=HOURLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYHOUR=1;BYMINUTE=1;BYSECOND=1;BYYEARDAY=60',
  'FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30',
  'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1;BYMINUTE=0,15,30,45;BYSETPOS=366',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=730',
  'FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;COUNT=730',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=730',
  'FREQ=DAILY;INTERVAL=9999;COUNT=730',
  'FREQ=YEARLY;INTERVAL=9999;COUNT=730',
  'FREQ=WEEKLY;INTERVAL=53;BYDAY=MO,TU;BYSETPOS=2;COUNT=730',
  'FREQ=YEARLY;BYYEARDAY=366;BYWEEKNO=1;COUNT=730',
  'FREQ=YEARLY;BYWEEKNO=-53;BYDAY=SU;BYMONTH=6',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,-2,-3,1,2,3;COUNT=730',
])('a month of %s takes less than 100 ms, from any year', async rule => {
  for (const first of ['0001', '1970', '2027']) {
    const event = {
      start: { dateTime: `${first}-03-01T00:00:00-05:00`, timeZone: zone },
      end: { dateTime: `${first}-03-01T01:00:00-05:00`, timeZone: zone },
    }
    expect(await costOf(() => refusal(event, `RRULE:${rule}`), MOST_MS)).toBeLessThan(MOST_MS)
    if (refusal(event, `RRULE:${rule}`) !== 'accepted') continue
    const series = new Series({ ...event, recurrence: [`RRULE:${rule}`] })
    let year = 2027
    const readMonth = () => {
      expect(occurrences(series, Date.UTC(year, 2, 1), Date.UTC(year++, 3, 1)).length).toBeLessThan(250)
    }
    expect(await costOf(readMonth, MOST_MS)).toBeLessThan(MOST_MS)
  }
})

test.each([
  'FREQ=YEARLY',
  'FREQ=YEARLY;INTERVAL=3;BYDAY=-1SU;BYMONTH=10',
  'FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO',
  'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
  'FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=-1',
  'FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,SA',
  'FREQ=DAILY;INTERVAL=97',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=HOURLY;INTERVAL=700',
])('a list of 24 years of %s has what the lists of its months have', rule => {
  const time = { dateTime: '2027-03-01T10:00:00+01:00', timeZone: 'Europe/Amsterdam' }
  const series = new Series({ start: time, end: time, recurrence: [`RRULE:${rule}`] })
  const months = Array.from({ length: 24 * 12 }, (_one, month) =>
    occurrences(series, Date.UTC(2027, month) - 1, Date.UTC(2027, month + 1)),
  )
  const all = occurrences(series, Date.UTC(2027, 0) - 1, Date.UTC(2027 + 24, 0))
  expect(all).toEqual(months.flat())
  expect(all.length).toBeGreaterThan(1)
})
