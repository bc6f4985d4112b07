/** What other programs find in our iCalendar files: another library reads the events, and ical.js evaluates the time zones. */
import ICAL from 'ical.js'
import { DateTime } from 'luxon'
import { convertIcsCalendar } from 'ts-ics'
import { toEvent, write } from '../calendar-text'

test.each([
  ['Europe/Berlin', '20270328T020000', '+0100', '+0200', 'DAYLIGHT'],
  ['Europe/Berlin', '20271031T030000', '+0200', '+0100', 'STANDARD'],
  ['America/New_York', '20270314T020000', '-0500', '-0400', 'DAYLIGHT'],
  ['Australia/Lord_Howe', '20270404T020000', '+1100', '+1030', 'STANDARD'],
])(
  'in %s the clocks change at %s, by the time that was in force before (RFC 5545 §3.6.5)',
  (timeZone, at, from, to, kind) => {
    const start = { dateTime: '2027-01-10T10:00:00', timeZone }
    const file = write([toEvent({ start, end: start, recurrence: ['RRULE:FREQ=DAILY'] })])
    const lines = [`BEGIN:${kind}`, `DTSTART:${at}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, `END:${kind}`]
    expect(file).toContain(lines.join('\r\n'))
  },
)

describe('another library (ts-ics) reads what is written', () => {
  const sent = {
    summary: 'Breakfast, with "eggs"; \\ and\ntea 🍳',
    start: { dateTime: '2027-03-22T10:00:00', timeZone: 'Europe/Berlin' },
    end: { dateTime: '2027-03-22T11:30:00', timeZone: 'Europe/Berlin' },
    recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE;TZID=Europe/Berlin:20270405T100000'],
  }

  test('an event, its rule, its changed single event and its time zone', () => {
    const series = toEvent(sent)
    const single = {
      ...series,
      id: '0123456789_20270329T080000Z',
      recurrence: undefined,
      recurringEventId: series.id,
      originalStartTime: { dateTime: '2027-03-29T10:00:00+02:00', timeZone: 'Europe/Berlin' },
    }
    const { events = [], timezones = [] } = convertIcsCalendar(undefined, write([series, single]))
    expect(events).toMatchObject([
      {
        uid: '0123456789@glasshouse.example',
        summary: sent.summary,
        start: { date: new Date('2027-03-22T09:00:00Z'), local: { timezone: 'Europe/Berlin' } },
        end: { date: new Date('2027-03-22T10:30:00Z') },
        recurrenceRule: { frequency: 'WEEKLY', count: 4 },
        exceptionDates: [{ date: new Date('2027-04-05T08:00:00Z') }],
      },
      { uid: '0123456789@glasshouse.example', recurrenceId: { value: { date: new Date('2027-03-29T08:00:00Z') } } },
    ])
    expect(timezones).toMatchObject([{ id: 'Europe/Berlin' }])
  })

  test.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Europe/Dublin'])(
    'the offsets of %s in its VTIMEZONE are those of the zone',
    timeZone => {
      const start = { dateTime: '2027-01-10T10:00:00', timeZone }
      const series = toEvent({ start, end: start, recurrence: ['RRULE:FREQ=DAILY'] })
      const [zone] = new ICAL.Component(ICAL.parse(write([series])) as unknown as unknown[]).getAllSubcomponents(
        'vtimezone',
      )
      const asWritten = new ICAL.Timezone(zone as never)
      for (let day = 0; day < 3 * 365; day += 3) {
        const local = DateTime.fromObject({ year: 2027, hour: 12 }, { zone: timeZone }).plus({ days: day })
        const time = new ICAL.Time({ year: local.year, month: local.month, day: local.day, hour: 12 }, asWritten)
        expect([local.toISODate(), asWritten.utcOffset(time)]).toEqual([local.toISODate(), local.offset * 60])
      }
    },
  )
})
