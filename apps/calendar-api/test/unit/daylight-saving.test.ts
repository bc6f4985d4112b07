/** Events that repeat across changes of the clocks, in zones that change them differently. */
import { readEvent } from '../../src/calendar/event-input'
import { Series } from '../../src/calendar/recurrence/series'
import { occurrences } from '../occurrences'

function starts(zone: string, local: string, ...recurrence: string[]): string[] {
  const end = local.replace(/T\d\d/, hours => `T${String(Number(hours.slice(1)) + 1).padStart(2, '0')}`)
  const { content } = readEvent({
    start: { dateTime: local, timeZone: zone },
    end: { dateTime: end, timeZone: zone },
    recurrence,
  })
  const series = new Series({ ...content, recurrence })
  return occurrences(series, Date.UTC(2000, 0), Date.UTC(2030, 0)).map(({ start }) =>
    'dateTime' in start ? start.dateTime : start.date,
  )
}

test.each([
  [
    'New York, spring: the same time of day, an hour less in between',
    'America/New_York',
    '2027-03-13T09:00:00',
    'FREQ=DAILY;COUNT=3',
    ['2027-03-13T09:00:00-05:00', '2027-03-14T09:00:00-04:00', '2027-03-15T09:00:00-04:00'],
  ],
  [
    'New York, autumn',
    'America/New_York',
    '2027-11-06T09:00:00',
    'FREQ=DAILY;COUNT=3',
    ['2027-11-06T09:00:00-04:00', '2027-11-07T09:00:00-05:00', '2027-11-08T09:00:00-05:00'],
  ],
  [
    'New York, a time that is skipped: read with the offset before (RFC 5545 §3.3.5)',
    'America/New_York',
    '2027-03-13T02:30:00',
    'FREQ=DAILY;COUNT=3',
    ['2027-03-13T02:30:00-05:00', '2027-03-14T03:30:00-04:00', '2027-03-15T02:30:00-04:00'],
  ],
  [
    'New York, a time that occurs twice: the first',
    'America/New_York',
    '2027-11-06T01:30:00',
    'FREQ=DAILY;COUNT=3',
    ['2027-11-06T01:30:00-04:00', '2027-11-07T01:30:00-04:00', '2027-11-08T01:30:00-05:00'],
  ],
  [
    'New York, hours pass on',
    'America/New_York',
    '2027-03-13T21:00:00',
    'FREQ=HOURLY;INTERVAL=3;COUNT=4',
    [
      '2027-03-13T21:00:00-05:00',
      '2027-03-14T00:00:00-05:00',
      '2027-03-14T04:00:00-04:00',
      '2027-03-14T07:00:00-04:00',
    ],
  ],
  [
    'Berlin, spring',
    'Europe/Berlin',
    '2027-03-22T09:00:00',
    'FREQ=WEEKLY;COUNT=2',
    ['2027-03-22T09:00:00+01:00', '2027-03-29T09:00:00+02:00'],
  ],
  [
    'Berlin, skipped in the middle of a month',
    'Europe/Berlin',
    '2027-02-28T02:30:00',
    'FREQ=MONTHLY;BYDAY=-1SU;COUNT=3',
    ['2027-02-28T02:30:00+01:00', '2027-03-28T03:30:00+02:00', '2027-04-25T02:30:00+02:00'],
  ],
  [
    'Berlin, autumn: twice',
    'Europe/Berlin',
    '2027-10-24T02:30:00',
    'FREQ=WEEKLY;COUNT=3',
    ['2027-10-24T02:30:00+02:00', '2027-10-31T02:30:00+02:00', '2027-11-07T02:30:00+01:00'],
  ],
  [
    'Lord Howe, spring: half an hour',
    'Australia/Lord_Howe',
    '2027-10-02T09:00:00',
    'FREQ=DAILY;COUNT=2',
    ['2027-10-02T09:00:00+10:30', '2027-10-03T09:00:00+11:00'],
  ],
  [
    'Lord Howe, skipped',
    'Australia/Lord_Howe',
    '2027-10-02T02:15:00',
    'FREQ=DAILY;COUNT=3',
    ['2027-10-02T02:15:00+10:30', '2027-10-03T02:45:00+11:00', '2027-10-04T02:15:00+11:00'],
  ],
  [
    'Lord Howe, autumn: twice',
    'Australia/Lord_Howe',
    '2027-04-03T01:45:00',
    'FREQ=DAILY;COUNT=3',
    ['2027-04-03T01:45:00+11:00', '2027-04-04T01:45:00+11:00', '2027-04-05T01:45:00+10:30'],
  ],
  [
    'Apia, which left out 30 December 2011: that day is the next one',
    'Pacific/Apia',
    '2011-12-28T09:00:00',
    'FREQ=DAILY;COUNT=5',
    [
      '2011-12-28T09:00:00-10:00',
      '2011-12-29T09:00:00-10:00',
      '2011-12-31T09:00:00+14:00',
      '2012-01-01T09:00:00+14:00',
    ],
  ],
  [
    'Apia, a week later',
    'Pacific/Apia',
    '2011-12-26T09:00:00',
    'FREQ=WEEKLY;COUNT=2',
    ['2011-12-26T09:00:00-10:00', '2012-01-02T09:00:00+14:00'],
  ],
])('%s', (_name, zone, local, rule, expected) => {
  expect(starts(zone, local, `RRULE:${rule}`)).toEqual(expected)
})

test('UNTIL is a moment in UTC, and the last event may start then', () => {
  const until = (time: string) => starts('America/New_York', '2027-03-13T09:00:00', `RRULE:FREQ=DAILY;UNTIL=${time}`)
  expect(until('20270314T130000Z')).toHaveLength(2)
  expect(until('20270314T125959Z')).toHaveLength(1)
})

test('RDATE and EXDATE mean the same moments, in whichever zone they are', () => {
  const lines = ['RDATE;TZID=Europe/Berlin:20270313T230000', 'EXDATE:20270314T130000Z', 'EXDATE:20270315T090000']
  expect(starts('America/New_York', '2027-03-13T09:00:00', 'RRULE:FREQ=DAILY;COUNT=4', ...lines)).toEqual([
    '2027-03-13T09:00:00-05:00',
    '2027-03-13T17:00:00-05:00',
    '2027-03-16T09:00:00-04:00',
  ])
})

test('each event lasts as long as the first, and may end in another zone', () => {
  const { content } = readEvent({
    start: { dateTime: '2027-03-13T22:00:00', timeZone: 'America/New_York' },
    end: { dateTime: '2027-03-14T10:00:00+01:00', timeZone: 'Europe/Berlin' },
    recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'],
  })
  const series = new Series({ ...content, recurrence: content.recurrence ?? [] })
  const [, second] = occurrences(series, Date.UTC(2027, 0), Date.UTC(2028, 0))
  expect(second?.start).toEqual({ dateTime: '2027-03-20T22:00:00-04:00', timeZone: 'America/New_York' })
  expect(second?.end).toEqual({ dateTime: '2027-03-21T09:00:00+01:00', timeZone: 'Europe/Berlin' })
})

test('whole days know no clocks', () => {
  const { content } = readEvent({
    start: { date: '2027-03-27' },
    end: { date: '2027-03-29' },
    recurrence: ['RRULE:FREQ=WEEKLY;UNTIL=20270410', 'EXDATE:20270403'],
  })
  const series = new Series({ ...content, recurrence: content.recurrence ?? [] })
  expect(occurrences(series, 0, Date.UTC(2028, 0)).map(({ start, end }) => [start, end])).toEqual([
    [{ date: '2027-03-27' }, { date: '2027-03-29' }],
    [{ date: '2027-04-10' }, { date: '2027-04-12' }],
  ])
})
