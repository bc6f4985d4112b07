import { type BuiltService, freePort, startBuiltService } from '@glasshouse/shared/testing/built-service'
import { crowdAround } from '@glasshouse/shared/testing/crowd'
import { createTestStore, type TestStore } from '@glasshouse/shared/testing/test-store'
import { hashToken } from '../../src/tokens/opaque-token'
import {
  API_SECRET,
  authorizeForCode,
  basic,
  type JsonAnswer,
  postForm,
  redeem,
  refresh,
  SECRET,
  tokens,
} from '../support'

/** Two processes of the built authorization server on one PostgreSQL database. */
let store: TestStore
let copies: BuiltService[]

beforeAll(async () => {
  store = await createTestStore()
  const ports = [await freePort(), await freePort()]
  const env = {
    AUTH_SERVER_URL: `http://127.0.0.1:${ports[0]}`,
    DATABASE_URL: store.databaseUrl,
    DATA_DIR: store.dataDir,
  }
  copies = await Promise.all(ports.map(port => startBuiltService('auth-server', port, env)))
}, 20_000)

afterAll(async () => {
  await Promise.all(copies.map(copy => copy.stop()))
  await store.remove()
})

const [A, B] = [() => copies[0] as { url: string }, () => copies[1] as { url: string }]

test('of 50 redemptions of one code, half at each copy, exactly one gets a token', async () => {
  const code = await authorizeForCode(A())
  const answers = await atOnce('authorization_codes', code, copy => redeem(copy, code))
  expect(answers.filter(answer => answer.status === 200)).toHaveLength(1)
  expect(answers.filter(answer => answer.json.error === 'invalid_grant')).toHaveLength(49)
})

test('of 50 refreshes with one token, half at each copy, exactly one gets a token', async () => {
  const { refresh_token } = await tokens(A())
  const answers = await atOnce('refresh_tokens', refresh_token, copy => refresh(copy, refresh_token))
  expect(answers.filter(answer => answer.status === 200)).toHaveLength(1)
  expect(answers.filter(answer => answer.json.error === 'invalid_grant')).toHaveLength(49)
})

test('a revocation at one copy waits for a listener at the other', async () => {
  const { access_token } = await tokens(A())
  const poll = async (query: string) => {
    const headers = { Authorization: basic('calendar-api', API_SECRET) }
    const response = await fetch(`${B().url}/ended-tokens?listener=at-the-other-copy${query}`, { headers })
    return (await response.json()) as { ended: { id: string }[]; last: number }
  }
  const { last } = await poll('')
  const order: string[] = []
  const client = { client_id: 'tripmate', client_secret: SECRET }
  const revoked = postForm(A(), '/revoke', { token: access_token, ...client }).then(() => order.push('answered'))
  let heard = await poll(`&after=${last}`)
  while (heard.ended.length === 0) heard = await poll(`&after=${heard.last}`)
  order.push('heard')
  const confirming = poll(`&after=${heard.last}`)
  await revoked
  expect(order).toEqual(['heard', 'answered'])
  await confirming
})

/** Sends 50 requests, half to each copy, that compete for one row. In each copy, those that came together share a transaction. */
function atOnce(
  table: 'authorization_codes' | 'refresh_tokens',
  secret: string,
  send: (copy: { url: string }) => Promise<JsonAnswer>,
): Promise<JsonAnswer[]> {
  const row = { table: `auth_server.${table}`, hash: hashToken(secret), size: 2 }
  return crowdAround(store.databaseUrl ?? '', row, () =>
    Promise.all(Array.from({ length: 50 }, (_, n) => send(n % 2 ? A() : B()))),
  )
}
