/** Gaps between events, and working hours by the clock on the wall. */
import { freeTimes, workingTimes } from '../../src/calendar/free-time'

const span = (start: number, end: number) => ({ start, end })

describe('the gaps', () => {
  test.each([
    ['no events', [], [span(0, 100)]],
    ['an event in the middle', [span(40, 60)], [span(0, 40), span(60, 100)]],
    ['events that overlap', [span(40, 70), span(30, 50)], [span(0, 30), span(70, 100)]],
    ['an event inside another', [span(20, 80), span(30, 40)], [span(0, 20), span(80, 100)]],
    ['events that meet', [span(20, 40), span(40, 60)], [span(0, 20), span(60, 100)]],
    ['events that reach beyond', [span(-50, 10), span(90, 150)], [span(10, 90)]],
    ['an event that takes all', [span(-50, 150)], []],
    ['events outside', [span(-50, 0), span(100, 150)], [span(0, 100)]],
    ['an event that takes no time', [span(50, 50)], [span(0, 50), span(50, 100)]],
    ['gaps that are too short', [span(9, 95)], []],
  ])('with %s', (_which, busy, expected) => {
    expect(freeTimes([span(0, 100)], busy, 10)).toEqual(expected)
  })

  test('in several working days, with one event over all of them', () => {
    expect(freeTimes([span(0, 10), span(20, 30), span(40, 50)], [span(5, 45)], 1)).toEqual([span(0, 5), span(45, 50)])
  })
})

describe('working hours', () => {
  const NINE_TO_FIVE = { from: 9 * 60, to: 17 * 60, weekdays: new Set([1, 2, 3, 4, 5]) }
  const at = (text: string) => Date.parse(text)
  const times = (from: string, to: string, zone: string, hours = NINE_TO_FIVE) =>
    workingTimes(span(at(from), at(to)), hours, zone).map(({ start, end }) =>
      [start, end].map(time => new Date(time).toISOString().slice(0, 16)),
    )

  test('are the same by the clock before and after it changes', () => {
    const friday = ['2027-03-26T08:00', '2027-03-26T16:00']
    const monday = ['2027-03-29T07:00', '2027-03-29T15:00']
    expect(times('2027-03-26T00:00:00+01:00', '2027-03-30T00:00:00+02:00', 'Europe/Berlin')).toEqual([friday, monday])
  })

  test('on the day when the clocks change begin when the clock says so', () => {
    const sunday = { ...NINE_TO_FIVE, weekdays: new Set([7]) }
    expect(times('2027-03-28T00:00:00Z', '2027-03-29T00:00:00Z', 'Europe/Berlin', sunday)).toEqual([
      ['2027-03-28T07:00', '2027-03-28T15:00'],
    ])
  })

  test('end with the window, and may reach until midnight', () => {
    expect(times('2027-03-01T10:00:00Z', '2027-03-01T12:00:00Z', 'UTC')).toEqual([
      ['2027-03-01T10:00', '2027-03-01T12:00'],
    ])
    const late = { ...NINE_TO_FIVE, from: 22 * 60, to: 24 * 60 }
    expect(times('2027-03-01T00:00:00Z', '2027-03-02T00:00:00Z', 'UTC', late)).toEqual([
      ['2027-03-01T22:00', '2027-03-02T00:00'],
    ])
  })
})
