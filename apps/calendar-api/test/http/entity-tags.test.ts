import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const newUser = () => callerOf(api, api.token(newOwner()))

describe('entity tags (RFC 9110 §13.1)', () => {
  async function anEvent() {
    const me = newUser()
    const event = (await me('POST', '', { body: draft() })).json
    return { me, event, path: `/${event.id}` }
  }
  const changes = [
    ['PUT', draft({ summary: 'Brunch' }), 200],
    ['PATCH', { summary: 'Brunch' }, 200],
    ['DELETE', undefined, 204],
  ] as const

  test.each(changes)('%s with the current tag, without a tag, and with *', async (method, body, success) => {
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
    // §13.1.1: the comparison is strong, so a weak tag matches nothing. Nor does a value that is not a tag.
    for (const tag of ['"other"', `W/${event.etag}`, event.etag.replaceAll('"', ''), '']) {
      const answer = await me(method, path, { body, headers: { 'If-Match': tag } })
      expect(answer.status).toBe(412)
      expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    }
    expect((await me('GET', path)).json).toEqual(event)
  })

  test.each(changes)('%s of an event that does not exist: 404, whatever If-Match says', async (method, body) => {
    for (const tag of ['"other"', '*']) {
      expect((await newUser()(method, '/abcdefghij', { body, headers: { 'If-Match': tag } })).status).toBe(404)
    }
  })

  test('every change creates a new tag', async () => {
    const { me, event, path } = await anEvent()
    const put = await me('PUT', path, { body: draft() })
    const patched = await me('PATCH', path, { body: {} })
    expect(put.headers.get('etag')).toBe(put.json.etag)
    expect(patched.headers.get('etag')).toBe(patched.json.etag)
    expect(new Set([event.etag, put.json.etag, patched.json.etag]).size).toBe(3)
  })

  test.each(['PUT', 'PATCH'])('of 20 simultaneous %s requests with the same tag, one succeeds', async method => {
    const { me, event, path } = await anEvent()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        me(method, path, { body: draft({ summary: `${n}` }), headers: { 'If-Match': event.etag } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19)
  })

  test('20 simultaneous patches without a tag all take effect', async () => {
    const { me, path } = await anEvent()
    const patches = [{ summary: 'A' }, { location: 'B' }, { description: 'C' }, { status: 'tentative' }]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => me('PATCH', path, { body: patches[n % patches.length] })),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect((await me('GET', path)).json).toMatchObject(Object.assign({}, ...patches))
  })

  test('GET with If-None-Match: 304 if the event has not changed, compared weakly (§13.1.2, §15.4.5)', async () => {
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
