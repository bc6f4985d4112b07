import { startTestServer, type TestServer } from '@glasshouse/shared/testing/test-server'
import { createHttpClient } from '../../src/http-client'

let server: TestServer
/** The paths that were asked for, with the number of bytes that each request announced. */
let asked: string[]
beforeEach(async () => {
  asked = []
  server = await startTestServer()
  server.answerWith((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['content-length']}`)
    if (request.url === '/moved') response.writeHead(302, { Location: '/elsewhere' }).end()
    else if (request.url === '/long') response.end('x'.repeat(4 * 1024 * 1024 + 1))
    else if (request.url === '/broken')
      response.writeHead(200, { 'Content-Length': '100' }).write('half', () => response.destroy())
    else if (request.url === '/marked') response.end('\uFEFF{"price":"3 €"}')
    else if (request.url !== '/never') response.end('received')
  })
})
afterEach(() => server.stop())

const get = (path: string, timeoutMs = 20_000) =>
  createHttpClient(timeoutMs)({ method: 'GET', url: server.url + path, headers: {} })

test('a body is sent with its length in bytes', async () => {
  const request = { method: 'POST' as const, url: server.url, headers: {}, body: '€' }
  expect(await createHttpClient(20_000)(request)).toMatchObject({ status: 200, body: 'received' })
  expect(asked).toEqual(['POST / 3'])
})

test('a redirect is returned and not followed, because the secret would be sent elsewhere', async () => {
  expect(await get('/moved')).toMatchObject({ status: 302, headers: { location: '/elsewhere' } })
  expect(asked).toEqual(['GET /moved undefined'])
})

test('an answer is text in UTF-8, without a byte order mark', async () => {
  expect((await get('/marked')).body).toBe('{"price":"3 €"}')
})

test.each(['/long', '/broken'])('%s is not an answer', path => expect(get(path)).rejects.toMatchObject({ why: 'down' }))

test('no answer within the time limit is one that is too slow', () =>
  expect(get('/never', 50)).rejects.toMatchObject({ why: 'slow' }))

test('nothing listens at the address', () =>
  expect(createHttpClient(20_000)({ method: 'GET', url: 'http://localhost:1/', headers: {} })).rejects.toMatchObject({
    why: 'down',
  }))

test('an error tells nothing about the request', async () => {
  const url = 'http://localhost:1/?code=a-code'
  const error = await createHttpClient(20_000)({ method: 'GET', url, headers: {} }).catch(String)
  expect(error).toBe('Error: no connection')
})
