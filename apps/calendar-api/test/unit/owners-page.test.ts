/** The owner's page: how it reads and writes rules of repetition, and local times. The browser's own modules are tested. */
const repeat = jest.requireActual('../../public/calendar/repeat.js')
const times = jest.requireActual('../../public/calendar/times.js')

const TIMED = { wholeDay: false, zone: 'America/New_York' }
const WHOLE_DAY = { wholeDay: true, zone: 'America/New_York' }
const rulesOn = (date: string): string[] => repeat.choicesFor(date).map(([rule]: [string]) => rule)

test('each choice is written as a rule that is read as the same choice', () => {
  for (const date of ['2027-03-09', '2027-01-31', '2028-02-29']) {
    for (const rule of rulesOn(date)) {
      for (const end of [
        { until: 'never' },
        { until: 'count', count: 4 },
        { until: 'date', untilDate: '2027-11-07' },
      ]) {
        for (const event of [TIMED, WHOLE_DAY]) {
          const lines = repeat.writeRepeat({ rule, ...end }, event)
          const expected = rule === '' ? { rule: '', until: 'never' } : { rule, ...end }
          expect(repeat.readRepeat(lines, date, event.zone)).toEqual({ ...expected, others: [] })
        }
      }
    }
  }
})

test.each([
  ['RRULE:FREQ=WEEKLY;BYDAY=TU;WKST=MO', 'FREQ=WEEKLY'],
  ['RRULE:INTERVAL=1;FREQ=DAILY', 'FREQ=DAILY'],
  ['RRULE:FREQ=MONTHLY;BYMONTHDAY=9', 'FREQ=MONTHLY'],
  ['RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=9', 'FREQ=YEARLY'],
  ['RRULE:BYDAY=2TU;FREQ=MONTHLY', 'FREQ=MONTHLY;BYDAY=2TU'],
])('%s, which another app wrote, is %s for an event that starts on Tuesday, 9 March', (line, rule) => {
  expect(repeat.readRepeat([line], '2027-03-09', 'UTC').rule).toBe(rule)
  expect(rulesOn('2027-03-09')).toContain(rule)
})

test('a rule that the form does not offer, and lines that are not rules, are kept', () => {
  const lines = ['RRULE:FREQ=MONTHLY;BYMONTHDAY=-1', 'EXDATE:20270430']
  expect(repeat.writeRepeat(repeat.readRepeat(lines, '2027-03-31', 'UTC'), WHOLE_DAY)).toEqual(lines)
  const dates = ['RDATE:20270430']
  expect(repeat.writeRepeat(repeat.readRepeat(dates, '2027-03-31', 'UTC'), WHOLE_DAY)).toEqual(dates)
})

test('a last date includes its whole day in the zone of the event, also when the clocks change', () => {
  const until = (untilDate: string) => repeat.writeRepeat({ rule: 'FREQ=DAILY', until: 'date', untilDate }, TIMED)[0]
  expect(until('2027-03-13')).toBe('RRULE:FREQ=DAILY;UNTIL=20270314T045959Z')
  expect(until('2027-03-14')).toBe('RRULE:FREQ=DAILY;UNTIL=20270315T035959Z')
})

test('moved to another day, a repetition names that day', () => {
  const moved = (rule: string) => repeat.rebase({ rule, until: 'never' }, '2027-03-09', '2027-03-17').rule
  expect(moved('FREQ=MONTHLY;BYDAY=2TU')).toBe('FREQ=MONTHLY;BYDAY=3WE')
  expect(moved('FREQ=WEEKLY')).toBe('FREQ=WEEKLY')
  expect(moved('FREQ=MONTHLY;BYMONTHDAY=-1')).toBe('FREQ=MONTHLY;BYMONTHDAY=-1')
})

test('a series that is cut off ends before that event, and no longer counts', () => {
  expect(repeat.endBefore(['RRULE:FREQ=DAILY;COUNT=9', 'EXDATE:20270310'], '20270312')).toEqual([
    'RRULE:FREQ=DAILY;UNTIL=20270311',
    'EXDATE:20270310',
  ])
  expect(repeat.endBefore(['RRULE:FREQ=DAILY;UNTIL=20280101T000000Z'], '20270312T100000Z')).toEqual([
    'RRULE:FREQ=DAILY;UNTIL=20270312T095959Z',
  ])
})

test.each([
  ['Europe/Berlin', '2027-03-28T03:30', '2027-03-28T01:30:00.000Z'],
  ['Europe/Berlin', '2027-07-01T10:00', '2027-07-01T08:00:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-04T12:00', '2027-04-04T01:30:00.000Z'],
  ['Pacific/Apia', '2027-01-01T00:00', '2026-12-31T11:00:00.000Z'],
])('in %s, the local time %s is the moment %s, and back', (zone, local, moment) => {
  expect(times.momentOf(zone, local).toISOString()).toBe(moment)
  expect(times.localIn(zone, moment)).toBe(local)
})

test('local times are moved as a clock shows them', () => {
  expect(times.move('2027-03-28T01:30', 3_600_000)).toBe('2027-03-28T02:30')
  expect(times.move('2027-02-28', times.distance('2027-03-01', '2027-03-03'))).toBe('2027-03-02')
})
