/** The server's description of itself. That each answer is as described is checked in every other test (test/support.ts). */
import { lintOpenApi } from '@glasshouse/shared/testing/lint-openapi'
import { PRODUCTION, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
// biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look at
let document: any
beforeAll(async () => {
  server = await startAuthServer()
  document = await (await fetch(`${server.url}/openapi.json`)).json()
})
afterAll(() => server.stop())

test('is an OpenAPI 3.1 document that caches may store, and that pages of any origin can read', async () => {
  const { status, headers } = await fetch(`${server.url}/openapi.json`)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch(/^application\/json\b/)
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('cache-control')).toMatch('max-age=300')
  expect(document).toMatchObject({ openapi: '3.1.1', servers: [{ url: server.url }] })
})

test('lints clean (Redocly)', async () => {
  expect(await lintOpenApi(document)).toEqual([])
})

test('has every endpoint of the metadata (RFC 8414), and the metadata itself as its example', async () => {
  const metadata = (await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json()) as object
  const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
  expect(endpoints.length).toBeGreaterThan(5)
  for (const [, address] of endpoints) expect(Object.keys(document.paths)).toContain(new URL(address).pathname)
  const { content } = document.paths['/.well-known/oauth-authorization-server'].get.responses[200]
  expect(content['application/json'].examples.example1.value).toEqual(metadata)
})

test('registration needs no token in demo mode, and a bearer token otherwise', async () => {
  expect(document.paths['/register'].post.security).toEqual([])
  const own = await startAuthServer(PRODUCTION)
  try {
    const { paths } = (await (await fetch(`${own.url}/openapi.json`)).json()) as typeof document
    expect(paths['/register'].post.security).toEqual([{ registration_token: [] }])
  } finally {
    await own.stop()
  }
})
