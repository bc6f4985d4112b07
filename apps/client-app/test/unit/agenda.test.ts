import { readAgenda } from '../../src/calendar/agenda'
import type { CalendarEvent } from '../../src/calendar/event'

const NOW = Date.parse('2027-03-10T09:20:00Z')

function event(summary: string, from: string, to: string): CalendarEvent {
  const time = (text: string) => (text.includes('T') ? { dateTime: text } : { date: text })
  return { id: summary, etag: '', summary, start: time(from), end: time(to) }
}

const where = (one: CalendarEvent, zone = 'UTC') => {
  const { days, later, earlier } = readAgenda([one], NOW, zone)
  const [day] = days
  if (day) return `${day.label}: ${day.rows[0]?.when}`
  return later.length > 0 ? `later: ${later[0]?.when}` : `earlier: ${earlier[0]?.when}`
}

it.each([
  ['2027-03-10T19:00:00Z', '2027-03-10T21:00:00Z', 'Today: 19:00 – 21:00'],
  ['2027-03-11T19:00:00Z', '2027-03-11T21:00:00Z', 'Tomorrow: 19:00 – 21:00'],
  ['2027-03-13T19:00:00Z', '2027-03-13T21:00:00Z', 'Saturday 13 March: 19:00 – 21:00'],
  ['2027-03-13T23:00:00Z', '2027-03-14T00:00:00Z', 'Saturday 13 March: 23:00 – Sun, 14 Mar 2027, 00:00'],
  [
    '2027-03-13T22:00:00Z',
    '2027-03-14T01:00:00Z',
    'Saturday 13 March: Sat, 13 Mar 2027, 22:00 – Sun, 14 Mar 2027, 01:00',
  ],
  ['2027-03-13', '2027-03-14', 'Saturday 13 March: all day'],
  ['2027-03-13', '2027-03-16', 'Saturday 13 March: Sat, 13 Mar 2027 – Mon, 15 Mar 2027'],
  ['2027-03-08', '2027-03-12', 'Today: Mon, 8 Mar 2027 – Thu, 11 Mar 2027'],
  ['2027-03-09', '2027-03-10', 'earlier: Tue, 9 Mar 2027'],
  ['2027-03-09T19:00:00Z', '2027-03-10T00:00:00Z', 'earlier: Tue, 9 Mar 2027, 19:00 – Wed, 10 Mar 2027, 00:00'],
  ['2027-03-23T19:00:00Z', '2027-03-23T21:00:00Z', 'Tuesday 23 March: 19:00 – 21:00'],
  ['2027-03-24T19:00:00Z', '2027-03-24T21:00:00Z', 'later: Wed, 24 Mar 2027, 19:00 – 21:00'],
])('%s to %s is listed as “%s”', (from, to, expected) => {
  expect(where(event('x', from, to))).toBe(expected)
})

it('uses the day in the user’s own time zone', () => {
  const late = event('x', '2027-03-10T20:00:00Z', '2027-03-10T21:00:00Z')
  expect(where(late, 'Asia/Tokyo')).toBe('Tomorrow: 05:00 – 06:00')
})

it('gives an untitled event a title', () => {
  expect(
    readAgenda([event('', '2027-03-10T20:00:00Z', '2027-03-10T21:00:00Z')], NOW, 'UTC').days[0]?.rows[0]?.summary,
  ).toBe('Untitled event')
})
