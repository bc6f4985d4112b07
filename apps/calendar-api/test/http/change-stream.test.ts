/** `GET /calendar/events/stream`: a client that listens learns that something changed. Time passes only when a test says so. */
import { createLog } from '@glasshouse/shared/log'
import { MOST_OF_AN_OWNER } from '../../src/change-watch'
import { openContext } from '../../src/open'
import { inOneChange } from '../../src/store/changes'
import { queriesOf } from '../queries'
import { callerOf, draft, newOwner, send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const open: AbortController[] = []
afterEach(() => {
  for (const stream of open.splice(0)) stream.abort()
})

/** Opens a stream. `next` waits for the next block of lines, `undefined` at its end. */
async function listen(token: string, headers: Record<string, string> = {}) {
  const stream = new AbortController()
  open.push(stream)
  const response = await fetch(`${api.url}/calendar/events/stream`, {
    headers: { Authorization: `Bearer ${token}`, ...headers },
    signal: stream.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<string | undefined> => {
    while (!text.includes('\n\n')) {
      const { value, done } = (await reader?.read()) ?? { done: true }
      if (done) return undefined
      text += value
    }
    const [block = ''] = text.split('\n\n', 1)
    text = text.slice(block.length + 2)
    return block
  }
  return { response, next, close: () => stream.abort() }
}

const change = (number: number) => `id: ${number}\nevent: change\ndata: {"changes":${number}}`
const add = (owner: string) => callerOf(api, api.token(owner))('POST', '', { body: draft() })

test('each change is told, also of what another copy has written', async () => {
  const owner = newOwner()
  const { response, next } = await listen(api.token(owner))
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toMatch(/^text\/event-stream\b/)
  expect(response.headers.get('Cache-Control')).toBe('no-store')
  expect(await next()).toBe('retry: 2000')
  expect(await next()).toBe(change(0)) // it says that it knows nothing
  await add(owner)
  await api.tick()
  expect(await next()).toBe(change(1))

  const clocks = { clock: Date.now, stopwatch: Date.now, every: () => () => {} }
  const copy = await openContext(api.context.config, createLog('calendar-api', 'silent'), clocks)
  await inOneChange(copy.context.db, owner, async () => {})
  await copy.close()
  await api.tick()
  expect(await next()).toBe(change(2))
})

test('a change in any of the user’s calendars is told, and when one is deleted', async () => {
  const owner = newOwner()
  const token = api.token(owner)
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const google = (method: string, path: string, body?: unknown) =>
    send(`${api.url}/calendar/v3${path}`, method, {
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const { id } = (await google('POST', '/calendars', { summary: 'Work' })).json
  const { next } = await listen(token)
  expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  await add(owner)
  await google('POST', `/calendars/${id}/events`, draft())
  await api.tick()
  expect(await next()).toBe(change(2))
  await google('DELETE', `/calendars/${id}`)
  await api.tick()
  expect(await next()).toBe(change(3))
})

test('nobody is told of another user’s changes', async () => {
  const [owner, other] = [newOwner(), newOwner()]
  const { next } = await listen(api.token(owner))
  expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  await add(other)
  await api.tick()
  await add(owner)
  await api.tick()
  expect(await next()).toBe(change(1))
})

test('after a break, a client is told at once if it has missed something, and otherwise of the next change', async () => {
  const owner = newOwner()
  await add(owner)
  await add(owner)
  const missed = await listen(api.token(owner), { 'Last-Event-ID': '1' })
  expect([await missed.next(), await missed.next()]).toEqual(['retry: 2000', change(2)])
  const upToDate = await listen(api.token(owner), { 'Last-Event-ID': '2' })
  await api.tick()
  await add(owner)
  await api.tick()
  expect([await upToDate.next(), await upToDate.next()]).toEqual(['retry: 2000', change(3)])
  const nonsense = await listen(api.token(owner), { 'Last-Event-ID': 'x' })
  expect([await nonsense.next(), await nonsense.next()]).toEqual(['retry: 2000', change(3)])
})

test('a comment now and then shows that a quiet stream still works', async () => {
  const { next } = await listen(api.token(newOwner()))
  expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  await api.tick()
  api.wait(15_000)
  await api.tick()
  expect(await next()).toBe(':')
})

test('it ends when the token expires', async () => {
  const now = Math.floor(api.context.clock() / 1000)
  const { next } = await listen(api.token(newOwner(), { claims: { iat: now, exp: now + 60 } }))
  expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  api.advance(70)
  await api.tick()
  expect(await next()).toBeUndefined()
})

test('it ends when the token is withdrawn, without the change that comes after', async () => {
  const owner = newOwner()
  const { next } = await listen(api.token(owner, { claims: { jti: 'withdrawn.1' } }))
  expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  await api.authServer.end('withdrawn')
  await add(owner)
  await api.tick()
  expect(await next()).toBeUndefined()
})

test('one query tells all listeners, and without any nothing runs', async () => {
  expect(await api.tick()).toBe(0)
  const owner = newOwner()
  const streams = [await listen(api.token(owner)), await listen(api.token(owner)), await listen(api.token(newOwner()))]
  for (const { next } of streams) expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  expect(await queriesOf(async () => expect(await api.tick()).toBe(1))).toHaveLength(1)
  for (const { close } of streams) close()
  while ((await api.tick()) > 0);
  expect(await queriesOf(() => api.tick())).toHaveLength(0)
})

test('an owner can have so many streams, and another one when one is closed', async () => {
  const owner = newOwner()
  const streams = await Promise.all(Array.from({ length: MOST_OF_AN_OWNER }, () => listen(api.token(owner))))
  const refused = await listen(api.token(owner))
  expect([refused.response.status, refused.response.headers.get('Retry-After')]).toEqual([429, '30'])
  expect((await listen(api.token(newOwner()))).response.status).toBe(200)
  streams[0]?.close()
  let again = await listen(api.token(owner))
  while (again.response.status === 429) again = await listen(api.token(owner)) // until the server has seen it
  expect(again.response.status).toBe(200)
})

test('it is for a token with calendar.read and a user, and only for GET and HEAD', async () => {
  const call = (claims: Record<string, unknown>, method = 'GET') =>
    callerOf(api, api.token(newOwner(), { claims }))(method, '/stream')
  expect((await call({ scope: 'calendar.write' })).status).toBe(403)
  expect((await call({ sub: 'tripmate' })).status).toBe(403)
  expect((await call({}, 'DELETE')).headers.get('Allow')).toBe('GET, HEAD')
  expect((await call({}, 'HEAD')).headers.get('Content-Type')).toMatch(/^text\/event-stream\b/)
  expect((await fetch(`${api.url}/calendar/events/stream`)).status).toBe(401)
})

test('no event can have the address of the stream', async () => {
  const { status, json } = await callerOf(api, api.token(newOwner()))('POST', '', { body: draft({ id: 'stream' }) })
  expect([status, json.errors[0].pointer]).toEqual([400, '#/id'])
})

test('when the API stops, all streams end', async () => {
  const { next } = await listen(api.token(newOwner()))
  expect([await next(), await next()]).toEqual(['retry: 2000', change(0)])
  api.context.changeWatch.stop()
  expect(await next()).toBeUndefined()
})
