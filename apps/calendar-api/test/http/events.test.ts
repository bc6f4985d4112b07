import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const somebody = () => callerOf(api, api.token(newOwner()))
const ID = '0123456789abcdef0123456789abcdef'

describe('create', () => {
  test('201 with the event, where it is (Location) and its state (ETag)', async () => {
    const me = somebody()
    const answer = await me('POST', '', { body: draft({ location: 'Kitchen', description: 'Eggs' }) })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9a-v]{26}$/),
      etag: expect.stringMatching(/^"[\w-]+"$/),
      status: 'confirmed',
      summary: 'Breakfast',
      description: 'Eggs',
      location: 'Kitchen',
      start: { dateTime: '2027-03-01T10:00:00+01:00', timeZone: 'Europe/Amsterdam' },
      end: { dateTime: '2027-03-01T11:00:00+01:00', timeZone: 'Europe/Amsterdam' },
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updated: answer.json.created,
    })
    expect(answer.headers.get('etag')).toBe(answer.json.etag)
    expect(answer.headers.get('location')).toBe(`${api.url}/calendar/events/${answer.json.id}`)
    expect((await me('GET', `/${answer.json.id}`)).json).toEqual(answer.json)
  })

  test('of one id there is one event, however often and at once it is sent: the others get 409', async () => {
    const me = somebody()
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await me('POST', '', { body: draft({ id: ID }) })).status),
    )
    expect(statuses.sort()).toEqual([201, ...Array(19).fill(409)])
    expect((await me('GET')).json.items).toHaveLength(1)
  })

  test('the same id in another person’s calendar is another event', async () => {
    const [me, you] = [somebody(), somebody()]
    expect((await me('POST', '', { body: draft({ id: ID }) })).status).toBe(201)
    expect((await you('POST', '', { body: draft({ id: ID }) })).status).toBe(201)
  })

  test('text of any script comes back as it was sent', async () => {
    const me = somebody()
    const texts = { summary: 'Ünïcødé 🏔️ 東京', description: '<b>"quoted" & \\ \n 100%</b>', location: '' }
    const { id } = (await me('POST', '', { body: draft(texts) })).json
    expect((await me('GET', `/${id}`)).json).toMatchObject(texts)
  })
})

describe('each person sees only their own events, whatever id is asked for', () => {
  test('another person’s event is not there for any method, and is left as it was', async () => {
    const [me, you] = [somebody(), somebody()]
    const mine = (await me('POST', '', { body: draft() })).json
    const never = await you('GET', '/abcdefghij')
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', draft({ summary: 'Taken' })],
      ['PATCH', { summary: 'Taken' }],
      ['DELETE', undefined],
    ] as const) {
      for (const headers of [{}, { 'If-Match': mine.etag }, { 'If-Match': '*' }]) {
        const answer = await you(method, `/${mine.id}`, { body, headers: headers as Record<string, string> })
        expect(answer.status).toBe(404)
        expect(answer.json).toEqual(never.json)
      }
    }
    expect((await you('GET')).json).toEqual({ items: [] })
    expect((await me('GET', `/${mine.id}`)).json).toEqual(mine)
  })

  test('an id that cannot be one is not there either', async () => {
    const me = somebody()
    for (const id of ['ABCDEF', 'abc', '%00bcdef', 'a%2Fb%2Fc', "'or'1'='1", 'x'.repeat(2000), '__proto__']) {
      expect((await me('GET', `/${id}`)).status).toBe(404)
    }
    expect((await me('GET', '/%ff')).status).toBe(400)
  })
})

describe('entity tags (RFC 9110 §13.1)', () => {
  async function anEvent() {
    const me = somebody()
    const event = (await me('POST', '', { body: draft() })).json
    return { me, event, path: `/${event.id}` }
  }
  const changes = [
    ['PUT', draft({ summary: 'Brunch' }), 200],
    ['PATCH', { summary: 'Brunch' }, 200],
    ['DELETE', undefined, 204],
  ] as const

  test.each(changes)('%s with the tag it has, without any, and with *', async (method, body, success) => {
    const { me, event, path } = await anEvent()
    const matching = { 'If-Match': `"other", ${event.etag}` }
    expect((await me(method, path, { body, headers: matching })).status).toBe(success)
    for (const headers of [{}, { 'If-Match': '*' }]) {
      const again = await anEvent()
      const answer = await again.me(method, again.path, { body, headers: headers as Record<string, string> })
      expect(answer.status).toBe(success)
    }
  })

  test.each(changes)('%s with another tag: 412, and nothing changes', async (method, body) => {
    const { me, event, path } = await anEvent()
    // §13.1.1: the comparison is strong, so a weak tag matches nothing. Neither does what is no tag.
    for (const tag of ['"other"', `W/${event.etag}`, event.etag.replaceAll('"', ''), '']) {
      const answer = await me(method, path, { body, headers: { 'If-Match': tag } })
      expect(answer.status).toBe(412)
      expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    }
    expect((await me('GET', path)).json).toEqual(event)
  })

  test.each(changes)('%s of an event that is not there: 404, whatever If-Match says', async (method, body) => {
    for (const tag of ['"other"', '*']) {
      expect((await somebody()(method, '/abcdefghij', { body, headers: { 'If-Match': tag } })).status).toBe(404)
    }
  })

  test('every change gives another tag', async () => {
    const { me, event, path } = await anEvent()
    const put = await me('PUT', path, { body: draft() })
    const patched = await me('PATCH', path, { body: {} })
    expect(put.headers.get('etag')).toBe(put.json.etag)
    expect(patched.headers.get('etag')).toBe(patched.json.etag)
    expect(new Set([event.etag, put.json.etag, patched.json.etag]).size).toBe(3)
  })

  test.each(['PUT', 'PATCH'])('of 20 %ss with one tag at once, one succeeds', async method => {
    const { me, event, path } = await anEvent()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        me(method, path, { body: draft({ summary: `${n}` }), headers: { 'If-Match': event.etag } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19)
  })

  test('of 20 patches at once without a tag, none undoes another', async () => {
    const { me, path } = await anEvent()
    const patches = [{ summary: 'A' }, { location: 'B' }, { description: 'C' }, { status: 'tentative' }]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => me('PATCH', path, { body: patches[n % patches.length] })),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect((await me('GET', path)).json).toMatchObject(Object.assign({}, ...patches))
  })

  test('GET with If-None-Match: 304 while it has not changed, compared weakly (§13.1.2, §15.4.5)', async () => {
    const { me, event, path } = await anEvent()
    for (const tag of [event.etag, `W/${event.etag}`, `"other", ${event.etag}`, '*']) {
      const answer = await me('GET', path, { headers: { 'If-None-Match': tag } })
      expect(answer.status).toBe(304)
      expect(answer.headers.get('etag')).toBe(event.etag)
      expect(answer.json).toBe('')
    }
    expect((await me('GET', path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
    await me('PATCH', path, { body: { summary: 'Brunch' } })
    expect((await me('GET', path, { headers: { 'If-None-Match': event.etag } })).status).toBe(200)
  })
})

describe('replace', () => {
  test('what is not sent is gone; when it was made stays', async () => {
    const me = somebody()
    const before = (await me('POST', '', { body: draft({ location: 'Kitchen' }) })).json
    api.advance(1)
    const { status, json } = await me('PUT', `/${before.id}`, { body: draft({ summary: undefined }) })
    expect(status).toBe(200)
    expect(json).not.toHaveProperty('summary')
    expect(json).not.toHaveProperty('location')
    expect(json.created).toBe(before.created)
    expect(Date.parse(json.updated)).toBeGreaterThan(Date.parse(before.updated))
  })

  test('what was got, changed and sent back is understood, also with members of Google’s that are not kept here', async () => {
    const me = somebody()
    const before = (await me('POST', '', { body: draft() })).json
    const google = {
      kind: 'calendar#event',
      htmlLink: 'https://calendar.example/event',
      attendees: [{ email: 'bob@example.com' }],
      reminders: { useDefault: true },
      sequence: 3,
    }
    const body = { ...before, ...google, summary: 'Brunch', created: '1999-01-01T00:00:00Z' }
    const { status, json } = await me('PUT', `/${before.id}`, { body })
    expect(status).toBe(200)
    expect(json).toEqual({ ...before, summary: 'Brunch', etag: json.etag, updated: json.updated })
  })

  test.each(['PUT', 'PATCH'])('%s cannot change the id', async method => {
    const me = somebody()
    const before = (await me('POST', '', { body: draft() })).json
    const answer = await me(method, `/${before.id}`, { body: draft({ id: ID }) })
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toEqual([{ pointer: '#/id', detail: 'cannot be changed' }])
  })
})

describe('patch (RFC 5789, RFC 7396)', () => {
  test('changes what it names, removes what it sets to null, leaves the rest', async () => {
    const me = somebody()
    const before = (await me('POST', '', { body: draft({ location: 'Kitchen', description: 'Eggs' }) })).json
    const { status, json } = await me('PATCH', `/${before.id}`, { body: { summary: 'Brunch', location: null } })
    expect(status).toBe(200)
    const { location: _, ...rest } = before
    expect(json).toEqual({ ...rest, summary: 'Brunch', etag: json.etag, updated: json.updated })
  })

  test('may come as application/merge-patch+json', async () => {
    const me = somebody()
    const { id } = (await me('POST', '', { body: draft() })).json
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    expect((await me('PATCH', `/${id}`, { body: { summary: 'Brunch' }, headers })).json.summary).toBe('Brunch')
    expect((await me('PUT', `/${id}`, { body: draft(), headers })).status).toBe(415)
  })

  test('the result has to be an event', async () => {
    const me = somebody()
    const { id, etag } = (await me('POST', '', { body: draft() })).json
    for (const [body, pointer] of [
      [{ start: null }, '#/start'],
      [{ start: { dateTime: null } }, '#/start'],
      [{ start: { dateTime: '2027-03-02T10:00:00Z' } }, '#/end/dateTime'],
      [{ start: { date: '2027-03-01' } }, '#/end'],
    ] as const) {
      const answer = await me('PATCH', `/${id}`, { body })
      expect(answer.status).toBe(400)
      expect(answer.json.errors[0].pointer).toBe(pointer)
    }
    expect((await me('GET', `/${id}`)).json.etag).toBe(etag)
  })
})

test('delete: 204, and then it is not there', async () => {
  const me = somebody()
  const { id } = (await me('POST', '', { body: draft() })).json
  const answer = await me('DELETE', `/${id}`)
  expect(answer.status).toBe(204)
  expect(answer.json).toBe('')
  expect((await me('GET', `/${id}`)).status).toBe(404)
  expect((await me('DELETE', `/${id}`)).status).toBe(404)
  expect((await me('GET')).json).toEqual({ items: [] })
})

describe('list', () => {
  /** Somebody with an event on each of these days of March 2027, from ten to eleven. */
  async function somebodyWith(...days: number[]) {
    const me = somebody()
    for (const day of days) await me('POST', '', { body: draft({ summary: `Day ${day}` }, day) })
    return me
  }
  const summaries = ({ json }: { json: { items: { summary: string }[] } }) => json.items.map(item => item.summary)

  test('by start, for whoever says nothing, says singleEvents, or leaves it out', async () => {
    const me = await somebodyWith(3, 1, 2)
    for (const query of ['', '?orderBy=startTime', '?orderBy=startTime&singleEvents=true', '?singleEvents=false']) {
      expect(summaries(await me('GET', query))).toEqual(['Day 1', 'Day 2', 'Day 3'])
    }
  })

  test('by last change', async () => {
    const me = await somebodyWith(1, 2)
    const [first] = (await me('GET')).json.items
    api.advance(1)
    await me('PATCH', `/${first.id}`, { body: { location: 'Elsewhere' } })
    expect(summaries(await me('GET', '?orderBy=updated'))).toEqual(['Day 2', 'Day 1'])
  })

  test.each([
    ['timeMin=2027-03-02T00:00:00Z', ['Day 2', 'Day 3']],
    ['timeMax=2027-03-02T00:00:00Z', ['Day 1']],
    ['timeMin=2027-03-02T00:00:00%2B01:00&timeMax=2027-03-03T00:00:00%2B01:00', ['Day 2']],
    // Both ends are exclusive: what ends at timeMin is over, what starts at timeMax has not begun.
    ['timeMin=2027-03-01T11:00:00%2B01:00&timeMax=2027-03-03T10:00:00%2B01:00', ['Day 2']],
    ['timeMin=2027-03-01T10:59:59%2B01:00&timeMax=2027-03-03T10:00:01%2B01:00', ['Day 1', 'Day 2', 'Day 3']],
    ['timeMin=2027-03-02T10:30:00%2B01:00&timeMax=2027-03-02T10:31:00%2B01:00', ['Day 2']],
  ])('%s', async (query, expected) => {
    const me = await somebodyWith(1, 2, 3)
    expect(summaries(await me('GET', `?${query}`))).toEqual(expected)
  })

  test('whole days are found by their days', async () => {
    const me = somebody()
    const body = { summary: 'Holiday', start: { date: '2027-03-01' }, end: { date: '2027-03-03' } }
    await me('POST', '', { body })
    expect((await me('GET')).json.items[0]).toMatchObject(body)
    expect(summaries(await me('GET', '?timeMin=2027-03-02T12:00:00Z'))).toEqual(['Holiday'])
    expect(summaries(await me('GET', '?timeMin=2027-03-03T00:00:00Z'))).toEqual([])
  })

  test('q finds every word, in any field, whatever its case; % and _ are letters like others', async () => {
    const me = somebody()
    await me('POST', '', { body: draft({ summary: 'Café ÉCLAIR', location: 'Lyon' }) })
    await me('POST', '', { body: draft({ summary: '100% done', description: 'in_the_end' }) })
    for (const [q, found] of [
      ['café', 1],
      ['éclair LYON', 1],
      ['lyon paris', 0],
      ['100%', 1],
      ['10%', 0],
      ['in_the', 1],
      ['in-the', 0],
      ["'", 0],
      ['', 2],
    ] as const) {
      expect((await me('GET', `?${new URLSearchParams({ q })}`)).json.items).toHaveLength(found)
    }
  })

  test('page after page gives every event once, with a page token while there are more', async () => {
    const me = await somebodyWith(5, 3, 1, 4, 2)
    // Same start: the id decides, or one would be left out between two pages.
    for (const n of [1, 2]) await me('POST', '', { body: draft({ summary: `Day 3 ${n}` }, 3) })
    const pages: string[][] = []
    let query = '?maxResults=2&timeMin=2027-03-01T00:00:00Z'
    for (let page = await me('GET', query); ; page = await me('GET', query)) {
      expect(page.status).toBe(200)
      pages.push(summaries(page))
      expect(Object.keys(page.json)).toEqual(page.json.nextPageToken ? ['items', 'nextPageToken'] : ['items'])
      if (!page.json.nextPageToken) break
      query = `?maxResults=2&timeMin=2027-03-01T00:00:00Z&pageToken=${page.json.nextPageToken}`
    }
    expect(pages.map(page => page.length)).toEqual([2, 2, 2, 1])
    expect(pages.flat().map(summary => summary.slice(0, 5))).toEqual([1, 2, 3, 3, 3, 4, 5].map(day => `Day ${day}`))
    expect(new Set(pages.flat()).size).toBe(7)
  })

  test('what is added or deleted before a page token moves nothing behind it', async () => {
    const me = await somebodyWith(2, 3, 4, 5)
    const { items, nextPageToken } = (await me('GET', '?maxResults=2')).json
    await me('DELETE', `/${items[1].id}`)
    await me('POST', '', { body: draft({ summary: 'Day 1' }, 1) })
    expect(summaries(await me('GET', `?maxResults=2&pageToken=${nextPageToken}`))).toEqual(['Day 4', 'Day 5'])
  })

  test('a page token of another list, of another person, or of nobody is refused', async () => {
    const [me, you] = [await somebodyWith(1, 2), await somebodyWith(1, 2)]
    const { nextPageToken } = (await me('GET', '?maxResults=1')).json
    for (const answer of [
      await me('GET', `?maxResults=1&q=day&pageToken=${nextPageToken}`),
      await me('GET', `?maxResults=1&orderBy=updated&pageToken=${nextPageToken}`),
      await you('GET', `?maxResults=1&pageToken=${nextPageToken}`),
      await me('GET', '?pageToken=nonsense'),
      await me('GET', `?pageToken=${Buffer.from('["x",1e400,"abcdef"]').toString('base64url')}`),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.json.errors[0].parameter).toBe('pageToken')
    }
    expect((await me('GET', `?maxResults=2&fields=items&pageToken=${nextPageToken}`)).status).toBe(200)
  })

  test('a cancelled event is left out, and can be read by its id', async () => {
    const me = somebody()
    const { id } = (await me('POST', '', { body: draft({ status: 'cancelled' }) })).json
    expect((await me('GET')).json.items).toEqual([])
    expect((await me('GET', `/${id}`)).json.status).toBe('cancelled')
  })

  test('parameters that are not known here are passed over, as Google does', async () => {
    const me = await somebodyWith(1)
    const query = '?alt=json&fields=items&timeZone=Europe/Paris&showDeleted=true&prettyPrint=false&x[y]=z&pageToken='
    expect(summaries(await me('GET', query))).toEqual(['Day 1'])
  })

  test.each([
    ['timeMin=yesterday', 'timeMin'],
    ['timeMin=', 'timeMin'],
    ['timeMin=2027-03-01T00:00:00', 'timeMin'],
    ['timeMin=2027-03-01T00:00:00+01:00', 'timeMin'],
    ['timeMax=2027-02-30T00:00:00Z', 'timeMax'],
    ['timeMax=2027-03-01', 'timeMax'],
    ['timeMin=2027-03-02T00:00:00Z&timeMax=2027-03-01T00:00:00Z', 'timeMax'],
    ['timeMin=2027-03-01T00:00:00Z&timeMin=2027-03-02T00:00:00Z', 'timeMin'],
    ['maxResults=0', 'maxResults'],
    ['maxResults=-1', 'maxResults'],
    ['maxResults=1.5', 'maxResults'],
    ['maxResults=many', 'maxResults'],
    ['maxResults=', 'maxResults'],
    ['orderBy=summary', 'orderBy'],
    ['orderBy=constructor', 'orderBy'],
    ['singleEvents=maybe', 'singleEvents'],
    ['syncToken=abc', 'syncToken'],
    ['q=%00', 'q'],
    [`q=${'x'.repeat(300)}`, 'q'],
  ])('%s is refused, by name', async (query, parameter) => {
    const answer = await somebody()('GET', `?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(answer.json).toMatchObject({
      title: 'Bad Request',
      status: 400,
      detail: expect.stringMatching(`^${parameter} `),
      errors: [{ parameter, detail: expect.any(String) }],
    })
  })

  test('more than 2500 events on a page are asked for in vain, and that is no mistake', async () => {
    expect((await somebody()('GET', '?maxResults=100000')).status).toBe(200)
  })
})

describe('a body that is none', () => {
  test.each([
    ['no body', '', 'application/json', 400],
    ['not JSON', '{', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['text', '"event"', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['a form', 'summary=x', 'application/x-www-form-urlencoded', 415],
    ['plain text', '{}', 'text/plain', 415],
    ['more than 100 kB', JSON.stringify({ summary: 'x'.repeat(110_000) }), 'application/json', 413],
  ])('%s', async (_name, body, type, status) => {
    const me = somebody()
    const { id } = (await me('POST', '', { body: draft() })).json
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', `/${id}`],
      ['PATCH', `/${id}`],
    ] as const) {
      const answer = await me(method, path, { body, headers: { 'Content-Type': type } })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toMatch('application/problem+json')
      if (status === 415) expect(answer.headers.get('accept')).toMatch('application/json')
    }
  })

  test('bytes that are not UTF-8, and a Content-Encoding that is not known', async () => {
    const headers = { Authorization: `Bearer ${api.token(newOwner())}`, 'Content-Type': 'application/json' }
    const post = (body: Buffer, more = {}) =>
      send(`${api.url}/calendar/events`, 'POST', { body: new Uint8Array(body), headers: { ...headers, ...more } })
    const latin1 = Buffer.from(JSON.stringify(draft({ summary: 'Café' })), 'latin1')
    expect((await post(latin1)).json).toMatchObject({ status: 400, detail: expect.stringMatching('UTF-8') })
    expect((await post(latin1, { 'Content-Encoding': 'x-unknown' })).status).toBe(415)
  })

  test('a charset parameter is taken for what it is worth: nothing (RFC 8259 §11)', async () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' }
    expect((await somebody()('POST', '', { body: draft(), headers })).status).toBe(201)
  })
})
