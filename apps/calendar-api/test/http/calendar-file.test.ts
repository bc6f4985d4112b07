/** The calendar as an iCalendar file (RFC 5545): what GET writes, POST can read, here or in another calendar. */
import { calendar, counts, event, newFileUser } from '../calendar-files'
import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const newUser = () => newFileUser(api)

/** What a copy in another calendar has in common with the original. */
function common({ etag: _, created, updated, creator, id, recurringEventId, ...rest }: Record<string, unknown>) {
  return rest
}

const SERIES = { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] }

describe('a round trip', () => {
  test('into another calendar brings the same events, each with its UID', async () => {
    const [me, you] = [newUser(), newUser()]
    const details = {
      attendees: [{ email: 'bob@example.com', displayName: 'Bob; "the" builder', responseStatus: 'accepted' }],
      reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 15 }] },
      extendedProperties: { private: { tripId: '42' } },
      visibility: 'private',
      transparency: 'transparent',
      colorId: '7',
    }
    await me.events('POST', '', { body: draft({ ...details, summary: 'Ünï, 東京; \\ \n🏔️' }) })
    await me.events('POST', '', { body: draft({ start: { date: '2027-03-01' }, end: { date: '2027-03-03' } }) })
    const series = (await me.events('POST', '', { body: draft(SERIES) })).json
    const items = await me.list(`/${series.id}/instances`)
    await me.events('PATCH', `/${items[1].id}`, { body: { summary: 'Brunch' } })
    expect((await you.import(await me.export())).json).toEqual(counts(4, 0, 0))
    const [mine, yours] = [await me.list(), await you.list()]
    expect(yours.map(common)).toEqual(mine.map(common))
  })

  test('into the same calendar changes nothing', async () => {
    const me = newUser()
    await me.events('POST', '', { body: draft() })
    const series = (await me.events('POST', '', { body: draft(SERIES) })).json
    const items = await me.list(`/${series.id}/instances`)
    await me.events('PATCH', `/${items[1].id}`, { body: { summary: 'Brunch' } })
    await me.events('DELETE', `/${items[2].id}`)
    const before = await me.list('?singleEvents=true')
    expect((await me.import(await me.export())).json.imported).toBe(0)
    expect(await me.list('?singleEvents=true')).toEqual(before)
  })

  test('a cancelled single event is left out of its series', async () => {
    const [me, you] = [newUser(), newUser()]
    const series = (await me.events('POST', '', { body: draft(SERIES) })).json
    const items = await me.list(`/${series.id}/instances`)
    await me.events('DELETE', `/${items[1].id}`)
    const file = await me.export()
    expect(file).toContain('EXDATE;TZID=Europe/Amsterdam:20270308T100000\r\n')
    await you.import(file)
    expect((await you.list('?singleEvents=true')).map((one: { start: unknown }) => one.start)).toEqual(
      [items[0], items[2], items[3]].map(({ start }) => start),
    )
  })

  const DAY = { start: { date: '2027-03-01' }, end: { date: '2027-03-02' } }
  const UTC = {
    start: { dateTime: '2027-03-01T10:00:00', timeZone: 'UTC' },
    end: { dateTime: '2027-03-01T11:00:00', timeZone: 'UTC' },
  }
  test.each([
    ['whole days', DAY, 'EXDATE:20270305', ['EXDATE;VALUE=DATE:20270305']],
    ['the zone of the start', {}, 'EXDATE:20270305T100000', ['EXDATE;TZID=Europe/Amsterdam:20270305T100000']],
    ['another zone', {}, 'EXDATE;TZID=America/New_York:20270305T040000', ['EXDATE:20270305T090000Z']],
    ['a start in UTC', UTC, 'EXDATE:20270305T100000', ['EXDATE:20270305T100000Z']],
    [
      'two kinds of time',
      {},
      'RDATE:20270401T100000,20270402T090000Z',
      ['RDATE:20270402T090000Z', 'RDATE;TZID=Europe/Amsterdam:20270401T100000'],
    ],
  ])(
    'dates that are left out or added keep their kind and zone: %s (RFC 5545 §3.8.5)',
    async (_name, more, line, lines) => {
      const [me, you] = [newUser(), newUser()]
      const recurrence = ['RRULE:FREQ=DAILY;COUNT=9', line]
      expect((await me.events('POST', '', { body: draft({ ...more, recurrence }) })).status).toBe(201)
      const file = await me.export()
      expect(file.match(/^(EX|R)DATE.*(?=\r$)/gm)).toEqual(lines)
      expect((await you.import(file)).json).toEqual(counts(1, 0, 0))
      const starts = async (user: typeof me) =>
        (await user.list('?singleEvents=true')).map(
          ({ start }: { start: { dateTime?: string } }) => start.dateTime ?? start,
        )
      expect(await starts(you)).toEqual(await starts(me))
      expect(await starts(me)).toHaveLength(line.startsWith('EX') ? 8 : 11)
    },
  )

  test('timeMin and timeMax select the events; a series in that time is there as a whole', async () => {
    const me = newUser()
    await me.events('POST', '', { body: draft({ summary: 'Early' }) })
    await me.events('POST', '', { body: draft({ summary: 'Late' }, 20) })
    await me.events('POST', '', { body: draft({ ...SERIES, summary: 'Series' }) })
    const file = await me.export('?timeMin=2027-03-05T00:00:00Z&timeMax=2027-03-12T00:00:00Z')
    expect(file.match(/^SUMMARY:.*/gm)).toEqual(['SUMMARY:Series'])
    expect(file).toContain('DTSTART;TZID=Europe/Amsterdam:20270301T100000\r\n')
  })
})

describe('a file that is imported again', () => {
  test('makes no duplicates, and changes what is newer: SEQUENCE, then LAST-MODIFIED (RFC 5546 §2.1.5)', async () => {
    const me = newUser()
    const file = (modified: string, sequence: number, summary: string) =>
      calendar(event('a@b', `LAST-MODIFIED:${modified}`, `SEQUENCE:${sequence}`, `SUMMARY:${summary}`))
    expect((await me.import(file('20260101T000000Z', 1, 'One'))).json).toEqual(counts(1, 0, 0))
    expect((await me.import(file('20260101T000000Z', 1, 'Same'))).json).toEqual(counts(0, 0, 1))
    expect((await me.import(file('20260102T000000Z', 0, 'Older'))).json).toEqual(counts(0, 0, 1))
    expect((await me.import(file('20260102T000000Z', 1, 'Later'))).json).toEqual(counts(0, 1, 0))
    expect((await me.import(file('20250101T000000Z', 2, 'Higher'))).json).toEqual(counts(0, 1, 0))
    expect(await me.list()).toMatchObject([{ summary: 'Higher', sequence: 2, iCalUID: 'a@b' }])
    expect((await me.list('?iCalUID=a@b')).length).toBe(1)
  })

  test('does not undo a change that was made here since', async () => {
    const me = newUser()
    const file = (modified: string) => calendar(event('a@b', `LAST-MODIFIED:${modified}`, 'SUMMARY:File'))
    await me.import(file('20260101T000000Z'))
    const [{ id }] = await me.list()
    await me.events('PATCH', `/${id}`, { body: { summary: 'Mine' } })
    expect((await me.import(file('20260102T000000Z'))).json).toEqual(counts(0, 0, 1))
    expect(await me.list()).toMatchObject([{ summary: 'Mine' }])
    expect(await me.export()).toContain('UID:a@b\r\n')
  })

  test('twenty times at once makes each event once', async () => {
    const me = newUser()
    const file = calendar(event('a@b', 'DTSTAMP:20260101T000000Z'), event('c@d', 'DTSTAMP:20260101T000000Z'))
    const all = await Promise.all(Array.from({ length: 20 }, async () => (await me.import(file)).json.imported))
    expect(all.sort()).toEqual([...Array(19).fill(0), 2])
    expect(await me.list()).toHaveLength(2)
  })

  test('tells a client that syncs what changed', async () => {
    const me = newUser()
    const { nextSyncToken } = (await me.events('GET')).json
    await me.import(calendar(event('a@b')))
    expect(await me.list(`?syncToken=${nextSyncToken}`)).toMatchObject([{ iCalUID: 'a@b' }])
  })
})

describe('single events of a series', () => {
  test('a changed and a cancelled one become those of the series', async () => {
    const me = newUser()
    const at = (day: string) => `RECURRENCE-ID;TZID=Europe/Amsterdam:202703${day}T100000`
    const file = calendar(
      event('s@x', 'RRULE:FREQ=DAILY;COUNT=4'),
      event('s@x', at('02'), 'SUMMARY:Changed'),
      event('s@x', at('03'), 'STATUS:CANCELLED'),
    )
    expect((await me.import(file)).json).toEqual(counts(3, 0, 0))
    const items = await me.list('?singleEvents=true')
    expect(
      items.map(({ originalStartTime }: { originalStartTime: { dateTime: string } }) =>
        originalStartTime.dateTime.slice(8, 10),
      ),
    ).toEqual(['01', '02', '04'])
  })

  test('one of a series that has fractions of a second, which a file has not, is found again', async () => {
    const me = newUser()
    const times = { start: { dateTime: '2027-03-01T10:00:00.500Z' }, end: { dateTime: '2027-03-01T11:00:00.500Z' } }
    const series = (await me.events('POST', '', { body: draft({ ...times, ...SERIES }) })).json
    const [, second] = await me.list(`/${series.id}/instances`)
    await me.events('PATCH', `/${second.id}`, { body: { summary: 'Brunch' } })
    const before = await me.list('?singleEvents=true')
    expect((await me.import(await me.export())).json).toEqual(counts(0, 0, 2))
    expect(await me.list('?singleEvents=true')).toEqual(before)
  })

  test('one that the series does not have is left out, and the answer says so', async () => {
    const me = newUser()
    const file = calendar(
      event('s@x', 'RRULE:FREQ=DAILY;COUNT=4'),
      event('s@x', 'RECURRENCE-ID:20270302T000000Z'),
      event('other@x', 'RECURRENCE-ID:20270302T090000Z'),
    )
    const { status, json } = await me.import(file)
    expect([status, json.imported]).toEqual([200, 1])
    expect(json.skipped).toEqual(
      ['s@x', 'other@x'].map(uid => ({
        component: 'VEVENT',
        uid,
        reason: 'its series has no event at this RECURRENCE-ID, or is not there',
        count: 1,
      })),
    )
  })
})

test('calendarId names another calendar of the user, and no one else’s', async () => {
  const [owner, other] = [newOwner(), newOwner()]
  const headers = { Authorization: `Bearer ${api.token(owner)}`, 'Content-Type': 'application/json' }
  const body = JSON.stringify({ summary: 'Trips' })
  const { id } = (await send(`${api.url}/calendar/v3/calendars`, 'POST', { headers, body })).json
  const url = `${api.url}/calendar/events.ics?calendarId=${id}`
  const file = { ...headers, 'Content-Type': 'text/calendar' }
  expect((await send(url, 'POST', { headers: file, body: calendar(event('a@b')) })).json).toEqual(counts(1, 0, 0))
  expect((await send(url, 'GET', { headers })).json).toMatch(/^UID:a@b\r$/m)
  expect(await callerOf(api, api.token(owner))('GET')).toMatchObject({ json: { items: [] } })
  const theirs = { ...file, Authorization: `Bearer ${api.token(other)}` }
  expect((await send(url, 'GET', { headers: theirs })).status).toBe(404)
  expect((await send(url, 'POST', { headers: theirs, body: calendar(event('a@b')) })).status).toBe(404)
})

test('the name of a calendar is text in the file, whatever it contains (RFC 5545 §3.1, §3.3.11)', async () => {
  const headers = { Authorization: `Bearer ${api.token(newOwner())}`, 'Content-Type': 'application/json' }
  const summary = `Trips; 2027,\r\nBEGIN:VEVENT\nUID:x\u0007 ${'and more '.repeat(20)}\\`
  const body = JSON.stringify({ summary })
  const { id } = (await send(`${api.url}/calendar/v3/calendars`, 'POST', { headers, body })).json
  const file: string = (await send(`${api.url}/calendar/events.ics?calendarId=${id}`, 'GET', { headers })).json
  expect(Math.max(...file.split('\r\n').map(line => Buffer.byteLength(line)))).toBeLessThanOrEqual(75)
  const lines = file.replaceAll('\r\n ', '').split('\r\n')
  const text = `Trips\\; 2027\\,\\nBEGIN:VEVENT\\nUID:x ${'and more '.repeat(20)}\\\\`
  expect(lines).toEqual(expect.arrayContaining([`NAME:${text}`, `X-WR-CALNAME:${text}`]))
  expect(lines).not.toContain('BEGIN:VEVENT')
  expect([...file.replaceAll('\r\n', '')].filter(character => character < ' ')).toEqual([])
})

test.each(['GET', 'POST'])('%s needs its scope (RFC 6750 §3.1)', async method => {
  const scope = method === 'GET' ? 'calendar.write' : 'calendar.read'
  const headers = { Authorization: `Bearer ${api.token(newOwner(), { claims: { scope } })}` }
  const answer = await send(`${api.url}/calendar/events.ics`, method, { headers })
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringMatching('insufficient_scope'),
  ])
})
