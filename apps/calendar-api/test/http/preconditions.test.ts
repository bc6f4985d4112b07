/** Conditional requests (RFC 9110 §13), with every method. */
import { request as httpRequest } from 'node:http'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

async function anEvent() {
  const token = api.token(newOwner())
  const me = callerOf(api, token)
  const event = (await me('POST', '', { body: draft() })).json
  return { token, me, event, etag: event.etag as string, path: `/${event.id}` }
}

const READING = ['GET', 'HEAD'] as const
const CHANGES = [
  ['PUT', draft({ summary: 'Brunch' }), 200],
  ['PATCH', { summary: 'Brunch' }, 200],
  ['DELETE', undefined, 204],
] as const

describe('If-None-Match: an event with one of these tags is not changed (§13.1.2)', () => {
  test.each(CHANGES)('%s with * or the current tag: 412, and nothing changes', async (method, body) => {
    const { me, event, etag, path } = await anEvent()
    for (const tag of ['*', etag, `W/${etag}`, `"other" , ,${etag}`]) {
      const answer = await me(method, path, { body, headers: { 'If-None-Match': tag } })
      expect(answer.status).toBe(412)
      expect(answer.headers.get('content-type')).toMatch('application/problem+json')
      expect(answer.json.detail).toMatch('If-None-Match')
    }
    expect((await me('GET', path)).json).toEqual(event)
  })

  test.each(CHANGES)('%s with other tags succeeds', async (method, body, success) => {
    const { me, path } = await anEvent()
    expect((await me(method, path, { body, headers: { 'If-None-Match': '"other", W/"third"' } })).status).toBe(success)
  })

  test.each(CHANGES)('%s of an event that does not exist: 404 (§13.2.1)', async (method, body) => {
    const { me } = await anEvent()
    expect((await me(method, '/abcdefghij', { body, headers: { 'If-None-Match': '*' } })).status).toBe(404)
  })
})

describe('If-Match applies to reading too (§13.1.1)', () => {
  test.each(READING)('%s with another tag or a weak tag: 412', async method => {
    const { me, etag, path } = await anEvent()
    for (const tag of ['"other"', `W/${etag}`, '']) {
      expect((await me(method, path, { headers: { 'If-Match': tag } })).status).toBe(412)
    }
  })

  test.each(READING)('%s with the current tag or *: 200', async method => {
    const { me, etag, path } = await anEvent()
    for (const tag of ['*', etag, `"other", ${etag}`]) {
      expect((await me(method, path, { headers: { 'If-Match': tag } })).status).toBe(200)
    }
  })

  test.each(READING)('%s of an event that does not exist: 404 (§13.2.1)', async method => {
    const { me } = await anEvent()
    expect((await me(method, '/abcdefghij', { headers: { 'If-Match': '"other"' } })).status).toBe(404)
  })
})

describe('If-Match is checked first, then If-None-Match (§13.2.2)', () => {
  test('GET: 412 if the first fails, 304 if the second does', async () => {
    const { me, etag, path } = await anEvent()
    const get = async (ifMatch: string, ifNoneMatch: string) =>
      (await me('GET', path, { headers: { 'If-Match': ifMatch, 'If-None-Match': ifNoneMatch } })).status
    expect(await get('"other"', etag)).toBe(412)
    expect(await get(etag, etag)).toBe(304)
    expect(await get(etag, '"other"')).toBe(200)
  })

  test.each(CHANGES)('%s supports both', async (method, body, success) => {
    const { me, etag, path } = await anEvent()
    const change = async (ifMatch: string, ifNoneMatch: string) => {
      const headers = { 'If-Match': ifMatch, 'If-None-Match': ifNoneMatch }
      const { status, json } = await me(method, path, { body, headers })
      return [status, /If-None-Match/.test(json.detail)]
    }
    expect(await change('"other"', '*')).toEqual([412, false])
    expect(await change(etag, etag)).toEqual([412, true])
    expect((await change(etag, '"other"'))[0]).toBe(success)
  })
})

describe('a header that is not a list of entity tags matches nothing (§8.8.3, §5.6.1)', () => {
  const malformed = (etag: string) => [
    `junk "${etag.slice(1, -1)}" *`,
    `junk, ${etag}`,
    `*, ${etag}`,
    `${etag} ${etag}`,
    `${etag}, "open`,
    `w/${etag}`,
    `W /${etag}`,
    `"a b", ${etag}`,
    etag.slice(1, -1),
  ]

  test.each(CHANGES)('%s with If-Match: 412', async (method, body) => {
    const { me, event, etag, path } = await anEvent()
    for (const tag of malformed(etag)) {
      expect([tag, (await me(method, path, { body, headers: { 'If-Match': tag } })).status]).toEqual([tag, 412])
    }
    expect((await me('GET', path)).json).toEqual(event)
  })

  test('GET with If-Match: 412, with If-None-Match: 200', async () => {
    const { me, etag, path } = await anEvent()
    for (const tag of malformed(etag)) {
      expect([tag, (await me('GET', path, { headers: { 'If-Match': tag } })).status]).toEqual([tag, 412])
      const answer = await me('GET', path, { headers: { 'If-None-Match': tag } })
      expect([tag, answer.status]).toEqual([tag, 200])
      expect(answer.json.etag).toBe(etag)
    }
  })

  test('empty elements, commas inside a tag and several header lines are valid', async () => {
    const { me, token, etag, path } = await anEvent()
    for (const tag of [`, ,${etag},`, `"a,b",\t${etag}`, `"é",${etag}`, `"",${etag}`]) {
      expect([tag, (await me('GET', path, { headers: { 'If-Match': tag } })).status]).toEqual([tag, 200])
    }
    expect(await statusOfLines(`/calendar/events${path}`, token, ['"other"', etag])).toBe(200)
  })
})

/** Sends the header in several lines, which fetch() would join. */
function statusOfLines(path: string, token: string, ifMatch: string[]): Promise<number | undefined> {
  return new Promise(resolve => {
    const request = httpRequest(api.url + path, response =>
      response.resume().on('end', () => resolve(response.statusCode)),
    )
    request.setHeader('Authorization', `Bearer ${token}`).setHeader('If-Match', ifMatch).end()
  })
}
