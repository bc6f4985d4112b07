import type { EventContent } from '../../src/calendar/event'
import { isEventId, mergeEvent, readEvent } from '../../src/calendar/event-input'
import { findTimeZone, parseDate, parseDateTime, parseInstant, withOffset } from '../../src/calendar/time'
import { readPreconditions, unmet } from '../../src/entity-tags'
import { Problem } from '../../src/problem'

const timed = {
  start: { dateTime: '2027-03-01T10:00:00+01:00', timeZone: 'Europe/Amsterdam' },
  end: { dateTime: '2027-03-01T11:00:00+01:00', timeZone: 'Europe/Amsterdam' },
}
const wholeDay = { start: { date: '2027-03-01' }, end: { date: '2027-03-02' } }

describe('a valid event', () => {
  test('timed', () => {
    expect(readEvent({ ...timed, id: 'abcde', summary: 'Breakfast' })).toEqual({
      id: 'abcde',
      content: { ...timed, status: 'confirmed', summary: 'Breakfast' },
      span: { startAt: Date.parse('2027-03-01T09:00:00Z'), endAt: Date.parse('2027-03-01T10:00:00Z') },
    })
  })

  test('whole days, in UTC; the time zone of a date is ignored', () => {
    const { content, span } = readEvent({ start: { date: '2027-03-01', timeZone: 'Asia/Tokyo' }, end: wholeDay.end })
    expect(content.start).toEqual({ date: '2027-03-01' })
    expect(span).toEqual({ startAt: Date.parse('2027-03-01'), endAt: Date.parse('2027-03-02') })
  })

  test('null means the same as an omitted member', () => {
    const nothing = { id: null, status: null, summary: null, description: null, location: null, recurrence: null }
    const start = { ...timed.start, date: null }
    expect(readEvent({ ...timed, ...nothing, start })).toEqual(readEvent(timed))
  })

  test('a local time gets the offset of its time zone', () => {
    const start = { dateTime: '2027-07-01T10:00:00', timeZone: 'Europe/Amsterdam' }
    const { content, span } = readEvent({ start, end: { dateTime: '2027-07-01T11:00:00Z' } })
    expect(content.start).toEqual({ dateTime: '2027-07-01T10:00:00+02:00', timeZone: 'Europe/Amsterdam' })
    expect(span.startAt).toBe(Date.parse('2027-07-01T08:00:00Z'))
  })

  test('an event without duration', () => {
    expect(() => readEvent({ start: timed.start, end: timed.start })).not.toThrow()
  })

  test.each([
    [['RRULE:FREQ=WEEKLY;COUNT=4']],
    [['RRULE:FREQ=MONTHLY;BYDAY=-1MO;UNTIL=20271231T235959Z', 'EXDATE;TZID=Europe/Paris:20270329T090000']],
  ])('recurrence %j', recurrence => {
    expect(readEvent({ ...timed, recurrence }).content.recurrence).toEqual(recurrence)
  })
  test('an empty recurrence is the same as none', () => {
    expect(readEvent({ ...timed, recurrence: [] }).content.recurrence).toBeUndefined()
  })

  test('unknown members are ignored, including prototype keys', () => {
    const body = JSON.parse('{"hangoutLink":[],"__proto__":{"summary":"x"},"constructor":1}')
    expect(readEvent({ ...body, ...timed })).toEqual(readEvent(timed))
  })
})

describe('an invalid event is refused, and the error names the field', () => {
  const tooLong = 'x'.repeat(8193)
  test.each([
    ['#/start', { start: undefined }],
    ['#/start', { start: '2027-03-01' }],
    ['#/start', { start: [] }],
    ['#/start', { start: {} }],
    ['#/start', { start: { timeZone: 'Europe/Paris' } }],
    ['#/start', { start: { ...timed.start, date: '2027-03-01' } }],
    ['#/end', { end: undefined }],
    ['#/end', { end: wholeDay.end }],
    ['#/start/dateTime', { start: { dateTime: 'tomorrow' } }],
    ['#/start/dateTime', { start: { dateTime: 7 } }],
    ['#/start/dateTime', { start: { dateTime: '2027-03-01T10:00:00' } }],
    ['#/start/dateTime', { start: { dateTime: '2027-03-01 10:00:00Z' } }],
    ['#/start/dateTime', { start: { dateTime: '2027-02-29T10:00:00Z' } }],
    ['#/start/timeZone', { start: { ...timed.start, timeZone: 'Mars/Olympus' } }],
    ['#/start/timeZone', { start: { ...timed.start, timeZone: '+02:00' } }],
    ['#/start/timeZone', { start: { ...timed.start, timeZone: 7 } }],
    ['#/end/dateTime', { end: { dateTime: '2027-03-01T08:59:59Z' } }],
    ['#/start/date', { ...wholeDay, start: { date: '2027-2-1' } }],
    ['#/start/date', { ...wholeDay, start: { date: 20270301 } }],
    ['#/end/date', { ...wholeDay, end: { date: '2027-03-32' } }],
    ['#/end/date', { ...wholeDay, end: wholeDay.start }],
    ['#/summary', { summary: 7 }],
    ['#/summary', { summary: tooLong.slice(0, 1025) }],
    ['#/summary', { summary: 'a\0b' }],
    ['#/summary', { summary: 'half a \ud83c pair' }],
    ['#/description', { description: tooLong }],
    ['#/location', { location: {} }],
    ['#/status', { status: 'maybe' }],
    ['#/status', { status: ['confirmed'] }],
    ['#/id', { id: 'ABCDE' }],
    ['#/id', { id: 12345 }],
    ['#/recurrence', { recurrence: 'RRULE:FREQ=DAILY' }],
    ['#/recurrence', { recurrence: ['FREQ=DAILY'] }],
    ['#/recurrence', { recurrence: ['RRULE:COUNT=4'] }],
    ['#/recurrence', { recurrence: ['RRULE:FREQ=OFTEN'] }],
    ['#/recurrence', { recurrence: ['RRULE:FREQ=DAILY;'] }],
    ['#/recurrence/0', { recurrence: ['EXDATE:2027\n0329'] }],
    ['#/recurrence/1', { recurrence: ['RRULE:FREQ=DAILY', 7] }],
    ['#/recurrence', { recurrence: Array(21).fill('RRULE:FREQ=DAILY') }],
  ])('%s: %j', (pointer, changes) => {
    const problem = problemOf(() => readEvent({ ...timed, ...changes }))
    expect(problem.status).toBe(400)
    expect(problem.detail.startsWith(`${pointer.slice(2)} `)).toBe(true)
    expect(problem.options.errors).toEqual([{ pointer, detail: expect.any(String) }])
  })

  test.each([undefined, null, [], 'event', 7, true])('%j is neither an event nor a patch', body => {
    expect(problemOf(() => readEvent(body)).status).toBe(400)
    expect(problemOf(() => mergeEvent(readEvent(timed).content, body)).status).toBe(400)
  })
})

function problemOf(act: () => unknown): Problem {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('no problem was thrown')
}

describe('merge patch (RFC 7396)', () => {
  const current = readEvent({ ...timed, summary: 'Breakfast', location: 'Kitchen' }).content
  const merge = (patch: object, from: EventContent = current) => readEvent(mergeEvent(from, patch)).content

  test('changes the members it contains; null removes one; the rest stays', () => {
    expect(merge({ summary: 'Brunch', location: null })).toEqual({ ...current, summary: 'Brunch', location: undefined })
    expect(merge({})).toEqual(current)
  })
  test('changes single members of a time', () => {
    expect(merge({ start: { timeZone: 'Europe/Paris' } }).start).toEqual({ ...timed.start, timeZone: 'Europe/Paris' })
    expect(merge({ start: { timeZone: null } }).start).toEqual({ dateTime: timed.start.dateTime })
    const end = { dateTime: '2027-03-01T12:00:00' }
    expect(merge({ end }).end).toEqual({ dateTime: '2027-03-01T12:00:00+01:00', timeZone: 'Europe/Amsterdam' })
  })
  test('turns a time into a day and back', () => {
    const day = merge(wholeDay)
    expect(day).toEqual({ ...current, ...wholeDay })
    expect(merge(timed, day)).toEqual(current)
    expect(merge({ start: { date: '2027-03-01', dateTime: null }, end: { date: '2027-03-02' } })).toEqual(day)
  })
  test('replaces a list completely', () => {
    const repeated = merge({ recurrence: ['RRULE:FREQ=DAILY'] })
    expect(merge({ recurrence: ['RRULE:FREQ=WEEKLY'] }, repeated).recurrence).toEqual(['RRULE:FREQ=WEEKLY'])
    expect(merge({ recurrence: null }, repeated).recurrence).toBeUndefined()
  })
  test('sets no prototype', () => {
    merge(JSON.parse('{"__proto__":{"polluted":true},"start":{"__proto__":{"polluted":true}}}'))
    expect({}).not.toHaveProperty('polluted')
  })
})

test.each([
  ['abcde', true],
  ['0123456789abcdef0123456789abcdef', true],
  ['v'.repeat(1024), true],
  ['abcd', false],
  ['v'.repeat(1025), false],
  ['abcdw', false],
  ['ABCDE', false],
  ['abcde\n', false],
  [12345, false],
])('%p as an id: %p', (id, expected) => expect(isEventId(id)).toBe(expected))

describe('times (RFC 3339 §5.6)', () => {
  test.each([
    '2027-03-01T10:00:00Z',
    '2027-03-01t10:00:00z',
    '2027-03-01T10:00:00.123Z',
    '2027-03-01T10:00:00+05:45',
    '2027-03-01T10:00:00-00:00',
    '2028-02-29T23:59:59-11:00',
    '0099-01-01T00:00:00Z',
  ])('%p', text => expect(parseInstant(text)).toBe(Date.parse(text.toUpperCase())))

  test.each([
    '2027-03-01',
    '2027-03-01T10:00Z',
    '2027-03-01T10:00:00',
    '2027-03-01T10:00:00 01:00',
    '2027-03-01T24:00:00Z',
    '2027-03-01T10:60:00Z',
    '2027-03-01T10:00:60Z',
    '2027-13-01T10:00:00Z',
    '2027-04-31T10:00:00Z',
    '2027-03-01T10:00:00+24:00',
    '2027-03-01T10:00:00+01:60',
    '2027-03-01T10:00:00+0100',
    ' 2027-03-01T10:00:00Z',
    '+002027-03-01T10:00:00Z',
  ])('%p is not valid', text => expect(parseInstant(text)).toBeUndefined())

  test.each(['2027-02-29', '2027-2-1', '2027-03-01T', '20270301', ''])('%p is not a date', text => {
    expect(parseDate(text)).toBeUndefined()
  })

  test.each([
    ['2027-01-15T10:00:00', 'Europe/Amsterdam', '2027-01-15T10:00:00+01:00'],
    ['2027-07-15T10:00:00', 'Europe/Amsterdam', '2027-07-15T10:00:00+02:00'],
    ['2027-07-15T10:00:00', 'Asia/Kathmandu', '2027-07-15T10:00:00+05:45'],
    ['2027-07-15T10:00:00', 'UTC', '2027-07-15T10:00:00Z'],
    // RFC 5545 §3.3.5: a time that occurs twice means the first; a skipped time has the offset from before the gap.
    ['2027-10-31T02:30:00', 'Europe/Amsterdam', '2027-10-31T02:30:00+02:00'],
    ['2027-11-07T01:30:00', 'America/New_York', '2027-11-07T01:30:00-04:00'],
    ['2027-03-28T02:30:00', 'Europe/Amsterdam', '2027-03-28T03:30:00+02:00'],
    ['2027-03-14T02:30:00', 'america/new_york', '2027-03-14T03:30:00-04:00'],
  ])('%p in %p is %p', (local, zone, expected) => {
    const parts = parseDateTime(local)
    expect(parts && withOffset(parts, zone)).toBe(expected)
  })

  test.each(['Europe/Amsterdam', 'america/new_york', 'Etc/GMT+5', 'UTC'])('%p is a time zone', name => {
    expect(findTimeZone(name)).toBeDefined()
  })
  test.each(['+02:00', 'Mars/Olympus', '', 'x'.repeat(100), 'Europe/Amsterdam\0', '../etc/passwd'])(
    '%p is not valid',
    name => expect(findTimeZone(name)).toBeUndefined(),
  )
})

describe('entity tags (RFC 9110 §8.8.3)', () => {
  test.each([
    [undefined, undefined],
    ['*', '*'],
    [' * ', '*'],
    ['"a"', ['"a"']],
    ['"a", W/"b" ,"c,d"', ['"a"', 'W/"b"', '"c,d"']],
    [',"a",, "",', ['"a"', '""']],
    ['', []],
    ['a', []],
    ['"a" "b"', []],
    ['"a", *', []],
    ['"a b"', []],
    ['"a", w/"b"', []],
  ])('%p', (header, expected) => expect(readPreconditions({ 'if-match': header }).ifMatch).toEqual(expected))

  test('a weak tag matches only in a weak comparison (§8.8.3.2)', () => {
    const failed = (name: 'if-match' | 'if-none-match', tag: string) => unmet(readPreconditions({ [name]: tag }), '"a"')
    expect(failed('if-match', '"a"')).toBeUndefined()
    expect(failed('if-match', 'W/"a"')).toBe('ifMatch')
    expect(failed('if-none-match', 'W/"a"')).toBe('ifNoneMatch')
    expect(failed('if-none-match', '"b"')).toBeUndefined()
  })
})
