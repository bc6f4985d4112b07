/** Files that other programs write, and files with errors: read all the same, or refused as a whole with an error that helps. */
import { calendar, counts, event, newFileUser } from '../calendar-files'
import { startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const newUser = () => newFileUser(api)

describe('files of other programs', () => {
  test.each([
    ['LF alone', calendar(event('a@b')).replaceAll('\r\n', '\n')],
    ['a byte order mark', `\ufeff${calendar(event('a@b'))}`],
    ['names in lower case', calendar(event('a@b')).replaceAll('BEGIN', 'begin').replaceAll('DTSTART', 'dtstart')],
    ['a folded line', calendar(event('a@b')).replace('20270301T100000', '2027\r\n 0301T\r\n\t100000')],
    ['a Windows time zone', calendar(event('a@b')).replaceAll('Europe/Amsterdam', 'W. Europe Standard Time')],
    ['a path before the time zone', calendar(event('a@b')).replaceAll('=Europe', '=/citadel.org/20250101_1/Europe')],
    ['a quoted time zone', calendar(event('a@b')).replaceAll('Europe/Amsterdam', '"Europe/Amsterdam"')],
    ['a duration', calendar(event('a@b')).replace(/DTEND.*/, 'DURATION:PT1H')],
  ])('%s', async (_name, file) => {
    const me = newUser()
    expect((await me.import(file)).json).toEqual(counts(1, 0, 0))
    const [{ start, end }] = await me.list()
    expect([start.dateTime, end.dateTime]).toEqual(['2027-03-01T10:00:00+01:00', '2027-03-01T11:00:00+01:00'])
  })

  test('what is not kept is listed', async () => {
    const me = newUser()
    const file = calendar(
      ['BEGIN:VTODO', 'UID:t', 'END:VTODO', 'BEGIN:VTODO', 'UID:u', 'END:VTODO', 'BEGIN:VJOURNAL', 'END:VJOURNAL'],
      event('a@b', 'X-OTHER:1', 'GEO:1;2', 'ATTENDEE:urn:x', 'BEGIN:VALARM', 'TRIGGER:PT5M', 'END:VALARM'),
    )
    const { json } = await me.import(file)
    expect(json).toMatchObject({ imported: 1 })
    expect(
      json.skipped.map(({ component, property, count }: Record<string, unknown>) => [component, property, count]),
    ).toEqual([
      ['VTODO', undefined, 2],
      ['VJOURNAL', undefined, 1],
      ['VEVENT', 'X-OTHER', 1],
      ['VEVENT', 'GEO', 1],
      ['VEVENT', 'ATTENDEE', 1],
      ['VEVENT', 'VALARM', 1],
    ])
  })

  test('UNTIL of the other kind, and times without a zone', async () => {
    const me = newUser()
    await me.import(
      calendar(
        ['X-WR-TIMEZONE:Asia/Tokyo'],
        ['BEGIN:VEVENT', 'UID:1', 'DTSTART:20270301T100000', 'END:VEVENT'],
        event('2', 'RRULE:FREQ=DAILY;UNTIL=20270303'),
      ),
    )
    expect(await me.list()).toMatchObject([
      { start: { dateTime: '2027-03-01T10:00:00+09:00', timeZone: 'Asia/Tokyo' } },
      { recurrence: ['RRULE:FREQ=DAILY;UNTIL=20270303T225959Z'] },
    ])
  })

  test('EXDATE without a zone is in that of the start, and without VALUE=DATE a date beside dates', async () => {
    const me = newUser()
    const wholeDays = ['BEGIN:VEVENT', 'UID:2', 'DTSTART;VALUE=DATE:20270401']
    const answer = await me.import(
      calendar(event('1', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20270302T100000'), [
        ...wholeDays,
        'RRULE:FREQ=DAILY;COUNT=3',
        'EXDATE:20270402',
        'END:VEVENT',
      ]),
    )
    expect(answer.status).toBe(200)
    const days = (await me.list('?singleEvents=true')).map(
      ({ start }: { start: { date?: string; dateTime?: string } }) => start.date ?? start.dateTime,
    )
    expect(days).toEqual(['2027-03-01T10:00:00+01:00', '2027-03-03T10:00:00+01:00', '2027-04-01', '2027-04-03'])
  })

  test.each([
    ['P1D', '2027-03-28T10:00:00+02:00'],
    ['P1W', '2027-04-03T10:00:00+02:00'],
    ['PT24H', '2027-03-28T11:00:00+02:00'],
    ['P1DT1H', '2027-03-28T11:00:00+02:00'],
  ])('DURATION:%s: days are days of the calendar, hours are exact (§3.3.6)', async (duration, end) => {
    const me = newUser()
    const start = 'DTSTART;TZID=Europe/Amsterdam:20270327T100000'
    await me.import(calendar(['BEGIN:VEVENT', 'UID:1', start, `DURATION:${duration}`, 'END:VEVENT']))
    expect(await me.list()).toMatchObject([{ end: { dateTime: end } }])
  })

  test('a line that is folded within a character (§3.1)', async () => {
    const me = newUser()
    const file = calendar(event('1', 'SUMMARY:Café 🏔️ 東京'))
    const bytes = [...Buffer.from(file)].flatMap((byte, at, all) =>
      (all[at + 1] ?? 0) >> 6 === 0b10 ? [byte, ...Buffer.from('\r\n ')] : [byte],
    )
    expect((await me.import(Uint8Array.from(bytes))).json).toEqual(counts(1, 0, 0))
    expect(await me.list()).toMatchObject([{ summary: 'Café 🏔️ 東京' }])
  })
})

describe('a file with an error is refused as a whole, and the error names line, UID and property', () => {
  const good = event('good@x')
  test.each([
    [
      'a start that is no time',
      event('bad@x').map(line => line.replace(/^DTSTART.*/, 'DTSTART:tomorrow')),
      'DTSTART',
      'must be a date',
    ],
    ['no start', event('bad@x').filter(line => !line.startsWith('DTSTART')), 'DTSTART', 'is missing'],
    [
      'an unknown time zone',
      event('bad@x').map(line => line.replace('Europe/Amsterdam', 'Nowhere')),
      'DTSTART',
      'TZID',
    ],
    [
      'an end before the start',
      event('bad@x').map(line => line.replace('T110000', 'T090000')),
      'DTEND',
      'must not be before',
    ],
    ['a rule with COUNT=0', event('bad@x', 'RRULE:FREQ=DAILY;COUNT=0'), 'RRULE', 'COUNT'],
    ['a rule every second', event('bad@x', 'RRULE:FREQ=SECONDLY'), 'RRULE', 'FREQ'],
    ['two rules', event('bad@x', 'RRULE:FREQ=DAILY', 'RRULE:FREQ=WEEKLY'), 'RRULE', 'more than one'],
    ['an unknown status', event('bad@x', 'STATUS:PERHAPS'), 'STATUS', 'must be one of'],
    ['a long title', event('bad@x', `SUMMARY:${'x'.repeat(1025)}`), 'SUMMARY', '1024'],
    ['a null byte', event('bad@x', 'SUMMARY:a\0b'), 'SUMMARY', 'NUL'],
    ['RANGE', event('bad@x', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20270301T090000Z'), 'RECURRENCE-ID', 'RANGE'],
    ['a bad duration', event('bad@x', 'DURATION:1H').filter(line => !line.startsWith('DTEND')), 'DURATION', 'PT1H30M'],
  ])('%s', async (_name, bad, property, detail) => {
    const me = newUser()
    const { status, json, headers } = await me.import(calendar(good, bad))
    expect([status, headers.get('content-type')]).toEqual([400, expect.stringMatching('problem')])
    expect(json.errors).toEqual([{ line: 9, uid: 'bad@x', property, detail: expect.stringContaining(detail) }])
    expect(json.detail).not.toMatch(/bad@x|tomorrow|Nowhere/)
    expect(await me.list()).toEqual([])
  })

  test.each([
    ['no UID', calendar(['BEGIN:VEVENT', 'DTSTART:20270301', 'END:VEVENT']), { line: 4, property: 'UID' }],
    ['an end of something else', calendar(['BEGIN:VEVENT', 'END:VTODO']), { line: 5 }],
    ['no end', 'BEGIN:VCALENDAR\nBEGIN:VEVENT', { line: 2 }],
    ['a line without a colon', calendar(['BEGIN:VEVENT', 'nonsense', 'END:VEVENT']), { line: 5 }],
    ['a parameter without a value', calendar(['BEGIN:VEVENT', 'X;A:1', 'END:VEVENT']), { line: 5 }],
    ['vCalendar 1.0', calendar().replace('2.0', '1.0'), { line: 2, property: 'VERSION' }],
  ])('%s', async (_name, file, error) => {
    const { status, json } = await newUser().import(file)
    expect([status, json.errors]).toEqual([400, [{ ...error, detail: expect.any(String) }]])
  })

  test('at most twenty errors are listed', async () => {
    const bad = Array.from({ length: 30 }, (_, index) => event(`${index}@x`, 'STATUS:PERHAPS'))
    expect((await newUser().import(calendar(...bad))).json.errors).toHaveLength(20)
  })

  test.each([
    ['not an iCalendar file', '{"a":1}', 'text/calendar', 400, /BEGIN:VCALENDAR/],
    ['nothing', '', 'text/calendar', 400, /no body/],
    [
      'not UTF-8',
      new Uint8Array(Buffer.from(calendar(event('a', 'SUMMARY:Café')), 'latin1')),
      'text/calendar',
      400,
      /UTF-8/,
    ],
    ['JSON', '{}', 'application/json', 415, /Send text\/calendar/],
    ['more than 1 MB', 'x'.repeat(1024 * 1024 + 1), 'text/calendar', 413, /larger than 1 MB/],
  ])('%s', async (_name, body, type, status, detail) => {
    const answer = await newUser().import(body, type)
    expect([answer.status, answer.json.detail]).toEqual([status, expect.stringMatching(detail)])
  })
})
