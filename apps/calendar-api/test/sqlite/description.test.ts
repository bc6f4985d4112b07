/** The API's description of itself. That each answer is as described is checked in every other test (test/support.ts). */
import { lintOpenApi } from '@glasshouse/shared/testing/lint-openapi'
import { SCOPES } from '../../src/scopes'
import { send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
// biome-ignore lint/suspicious/noExplicitAny: whatever the API sent, for a test to look at
let document: any
beforeAll(async () => {
  api = await startCalendarApi()
  document = (await send(`${api.url}/openapi.json`)).json
})
afterAll(() => api.stop())

test('is an OpenAPI 3.1 document that needs no token, and that pages of any origin can read', async () => {
  const { status, headers } = await send(`${api.url}/openapi.json`)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch(/^application\/json\b/)
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(document).toMatchObject({ openapi: '3.1.1', servers: [{ url: api.url }] })
  expect((await send(`${api.url}/openapi.json`, 'POST')).headers.get('allow')).toBe('GET, HEAD')
})

test('lints clean (Redocly)', async () => {
  expect(await lintOpenApi(document)).toEqual([])
})

test('an example that does not match its schema, or a reference that leads nowhere, does not lint clean', async () => {
  const examples = structuredClone(document)
  examples.paths['/calendar/events'].get.responses[200].content['application/json'].examples.example1.value.items = 1
  expect(await lintOpenApi(examples)).toEqual([expect.stringMatching('no-invalid-media-type-examples')])
  const references = structuredClone(document)
  references.paths['/calendar/events'].get.responses[401].$ref = '#/components/responses/Nothing'
  expect((await lintOpenApi(references)).join()).toMatch('no-unresolved-refs')
})

test('leads to the authorization server of the configuration, with each scope', () => {
  const { issuer } = api.context.config
  const [scheme, ...others] = Object.values<Record<string, unknown>>(document.components.securitySchemes)
  expect(others).toEqual([])
  expect(scheme).toMatchObject({
    type: 'oauth2',
    flows: { authorizationCode: { authorizationUrl: `${issuer}/authorize`, tokenUrl: `${issuer}/token` } },
  })
  const { flows } = scheme as { flows: { authorizationCode: { scopes: object } } }
  expect(Object.keys(flows.authorizationCode.scopes)).toEqual([...SCOPES])
})

test('says that agents call /mcp, with any token of a user: the tool decides about the scope', () => {
  const { post, ...others } = document.paths['/mcp']
  expect(others).toEqual({})
  expect(Object.values(post.security[0])).toEqual([[]])
  expect(post.responses).toMatchObject({ 401: expect.anything(), 403: expect.anything() })
})

test.each([
  ['get', '/calendar/events', 'calendar.read'],
  ['post', '/calendar/events', 'calendar.write'],
  ['get', '/calendar/events/{id}', 'calendar.read'],
  ['get', '/calendar/events/{id}/instances', 'calendar.read'],
  ['put', '/calendar/events/{id}', 'calendar.write'],
  ['patch', '/calendar/events/{id}', 'calendar.write'],
  ['delete', '/calendar/events/{id}', 'calendar.write'],
])('%s %s: the scope in the document is the one that the API asks for', async (method, path, scope) => {
  expect(Object.values(document.paths[path][method].security[0])).toEqual([[scope]])
  const token = api.token('usr_2f8c1a', { claims: { scope: 'other' } })
  const url = api.url + path.replace('{id}', 'abcdef')
  const { headers } = await send(url, method.toUpperCase(), { headers: { Authorization: `Bearer ${token}` } })
  expect(headers.get('www-authenticate')).toMatch(`scope="${scope}"`)
})
