import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const newUser = () => callerOf(api, api.token(newOwner()))
const ID = '0123456789abcdef0123456789abcdef'

describe('create', () => {
  test('201 with the event, its address (Location) and its tag (ETag)', async () => {
    const owner = newOwner()
    const me = callerOf(api, api.token(owner))
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
      creator: { id: owner, self: true, clientId: 'tripmate' },
      iCalUID: `${answer.json.id}@glasshouse.example`,
      sequence: 0,
      eventType: 'default',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updated: answer.json.created,
    })
    expect(answer.headers.get('etag')).toBe(answer.json.etag)
    expect(answer.headers.get('location')).toBe(`${api.url}/calendar/events/${answer.json.id}`)
    expect((await me('GET', `/${answer.json.id}`)).json).toEqual(answer.json)
  })

  test('of simultaneous requests with the same id, one creates the event and the others get 409', async () => {
    const me = newUser()
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await me('POST', '', { body: draft({ id: ID }) })).status),
    )
    expect(statuses.sort()).toEqual([201, ...Array(19).fill(409)])
    expect((await me('GET')).json.items).toHaveLength(1)
  })

  test('another user’s event can have the same id', async () => {
    const [me, you] = [newUser(), newUser()]
    expect((await me('POST', '', { body: draft({ id: ID }) })).status).toBe(201)
    expect((await you('POST', '', { body: draft({ id: ID }) })).status).toBe(201)
  })

  test('text in any script is returned unchanged', async () => {
    const me = newUser()
    const texts = { summary: 'Ünïcødé 🏔️ 東京', description: '<b>"quoted" & \\ \n 100%</b>', location: '' }
    const { id } = (await me('POST', '', { body: draft(texts) })).json
    expect((await me('GET', `/${id}`)).json).toMatchObject(texts)
  })
})

describe('users see only their own events, whatever id is requested', () => {
  test('another user’s event gives 404 with every method, and does not change', async () => {
    const [me, you] = [newUser(), newUser()]
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
    expect((await you('GET')).json.items).toEqual([])
    expect((await me('GET', `/${mine.id}`)).json).toEqual(mine)
  })

  test('an invalid id gives 404 too', async () => {
    const me = newUser()
    for (const id of ['ABCDEF', 'abc', '%00bcdef', 'a%2Fb%2Fc', "'or'1'='1", 'x'.repeat(2000), '__proto__']) {
      expect((await me('GET', `/${id}`)).status).toBe(404)
    }
    expect((await me('GET', '/%ff')).status).toBe(400)
  })
})

describe('replace', () => {
  test('omitted members are removed; created stays', async () => {
    const me = newUser()
    const before = (await me('POST', '', { body: draft({ location: 'Kitchen' }) })).json
    api.advance(1)
    const { status, json } = await me('PUT', `/${before.id}`, { body: draft({ summary: undefined }) })
    expect(status).toBe(200)
    expect(json).not.toHaveProperty('summary')
    expect(json).not.toHaveProperty('location')
    expect(json.created).toBe(before.created)
    expect(Date.parse(json.updated)).toBeGreaterThan(Date.parse(before.updated))
  })

  test('an event can be read, changed and sent back, even with Google’s members that are ignored', async () => {
    const me = newUser()
    const before = (await me('POST', '', { body: draft() })).json
    const google = {
      kind: 'calendar#event',
      htmlLink: 'https://calendar.example/event',
      creator: { email: 'eve@example.com' },
      organizer: { email: 'eve@example.com' },
      iCalUID: 'other@example.com',
      etag: '"other"',
      updated: '1999-01-01T00:00:00Z',
      sequence: 7,
      eventType: 'focusTime',
      hangoutLink: 'https://meet.example/abc',
      guestsCanModify: true,
    }
    const body = { ...before, ...google, summary: 'Brunch', created: '1999-01-01T00:00:00Z' }
    const { status, json } = await me('PUT', `/${before.id}`, { body })
    expect(status).toBe(200)
    expect(json).toEqual({ ...before, summary: 'Brunch', etag: json.etag, updated: json.updated })
  })

  test.each(['PUT', 'PATCH'])('%s cannot change the id', async method => {
    const me = newUser()
    const before = (await me('POST', '', { body: draft() })).json
    const answer = await me(method, `/${before.id}`, { body: draft({ id: ID }) })
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toEqual([{ pointer: '#/id', detail: 'cannot be changed' }])
  })
})

describe('patch (RFC 5789, RFC 7396)', () => {
  test('changes the members it contains, removes those that are null, and leaves the rest', async () => {
    const me = newUser()
    const before = (await me('POST', '', { body: draft({ location: 'Kitchen', description: 'Eggs' }) })).json
    const { status, json } = await me('PATCH', `/${before.id}`, { body: { summary: 'Brunch', location: null } })
    expect(status).toBe(200)
    const { location: _, ...rest } = before
    expect(json).toEqual({ ...rest, summary: 'Brunch', etag: json.etag, updated: json.updated })
  })

  test('may come as application/merge-patch+json', async () => {
    const me = newUser()
    const { id } = (await me('POST', '', { body: draft() })).json
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    expect((await me('PATCH', `/${id}`, { body: { summary: 'Brunch' }, headers })).json.summary).toBe('Brunch')
    expect((await me('PUT', `/${id}`, { body: draft(), headers })).status).toBe(415)
  })

  test('the result must be a valid event', async () => {
    const me = newUser()
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

test('delete: 204, and then 404', async () => {
  const me = newUser()
  const { id } = (await me('POST', '', { body: draft() })).json
  const answer = await me('DELETE', `/${id}`)
  expect(answer.status).toBe(204)
  expect(answer.json).toBe('')
  expect((await me('GET', `/${id}`)).status).toBe(404)
  expect((await me('DELETE', `/${id}`)).status).toBe(404)
  expect((await me('GET')).json.items).toEqual([])
})

describe('an invalid body', () => {
  test.each([
    ['no body', '', 'application/json', 400],
    ['nested too deeply', `{"summary":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'application/json', 400],
    ['not JSON', '{', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['text', '"event"', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['a form', 'summary=x', 'application/x-www-form-urlencoded', 415],
    ['plain text', '{}', 'text/plain', 415],
    ['more than 100 kB', JSON.stringify({ summary: 'x'.repeat(110_000) }), 'application/json', 413],
  ])('%s', async (_name, body, type, status) => {
    const me = newUser()
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

  test('bytes that are not UTF-8, and an unknown Content-Encoding', async () => {
    const headers = { Authorization: `Bearer ${api.token(newOwner())}`, 'Content-Type': 'application/json' }
    const post = (body: Buffer, more = {}) =>
      send(`${api.url}/calendar/events`, 'POST', { body: new Uint8Array(body), headers: { ...headers, ...more } })
    const latin1 = Buffer.from(JSON.stringify(draft({ summary: 'Café' })), 'latin1')
    expect((await post(latin1)).json).toMatchObject({ status: 400, detail: expect.stringMatching('UTF-8') })
    expect((await post(latin1, { 'Content-Encoding': 'x-unknown' })).status).toBe(415)
  })

  test('a charset parameter is ignored (RFC 8259 §11)', async () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' }
    expect((await newUser()('POST', '', { body: draft(), headers })).status).toBe(201)
  })
})
