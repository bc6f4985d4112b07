import { type PostgresProxy, startPostgresProxy } from '@glasshouse/shared/testing/postgres-proxy'
import { createTestStore, type TestStore } from '@glasshouse/shared/testing/test-store'
import {
  claimsOf,
  endedIds,
  hasEnded,
  postForm,
  refresh,
  SECRET,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

/** The database commits, but the connection breaks before the server learns of it. */
let store: TestStore
let proxy: PostgresProxy
let server: TestAuthServer

beforeAll(async () => {
  store = await createTestStore()
  proxy = await startPostgresProxy(store.databaseUrl ?? '')
  server = await startAuthServer({ DATABASE_URL: proxy.url })
})

afterAll(async () => {
  await server.stop()
  proxy.stop()
  await store.remove()
})

test('a revocation whose commit got no answer is 503, and can be sent again (RFC 7009 §2.2.1)', async () => {
  const { access_token, refresh_token } = await tokens(server)
  const revoke = () =>
    postForm(server, '/revoke', { token: refresh_token, client_id: 'tripmate', client_secret: SECRET })
  proxy.loseNextCommit()
  const unknown = await revoke()
  expect([unknown.status, unknown.headers.get('Retry-After')]).toEqual([503, expect.stringMatching(/^\d+$/)])
  const again = await revoke()
  expect([again.status, again.json]).toEqual([200, {}])
  const [family] = claimsOf(access_token).claims.jti.split('.')
  expect((await endedIds(server)).filter(id => id === family)).toHaveLength(1)
})

test('a refresh whose commit got no answer is 503, and sent again it never leaves two working tokens (RFC 9700 §4.14.2)', async () => {
  const { access_token, refresh_token } = await tokens(server)
  proxy.loseNextCommit()
  expect((await refresh(server, refresh_token)).status).toBe(503)
  // The token was replaced by one that nobody received, so the server sees a replay.
  const again = await refresh(server, refresh_token)
  expect([again.status, again.json.error]).toEqual([400, 'invalid_grant'])
  expect(await hasEnded(server, access_token)).toBe(true)
})
