/** Wrong client secrets: 60 a minute for each client and address (RFC 6749 §2.3.1). */
import {
  API_SECRET,
  addClient,
  basic,
  type JsonAnswer,
  postForm,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const SECRET = 'the-right-secret-of-this-client'
const HERE = '198.51.100.1'
const ELSEWHERE = '203.0.113.7'

let server: TestAuthServer
let client_id: string
let number = 0

beforeAll(async () => {
  server = await startAuthServer({ TRUST_PROXY: '1' })
})
afterAll(() => server.stop())
beforeEach(async () => {
  client_id = `guessed-${number++}`
  await addClient(server, { id: client_id, secret: SECRET, grantTypes: ['client_credentials'] })
})

/** Sends a token request with this secret. @param address the client's address, as reported by a trusted proxy */
function present(client_secret: string | undefined, address = HERE, id = client_id): Promise<JsonAnswer> {
  const fields = { grant_type: 'client_credentials', client_id: id, client_secret }
  return postForm(server, '/token', fields, { 'X-Forwarded-For': address })
}

const many = (count: number, send: (n: number) => Promise<JsonAnswer>) =>
  Promise.all(Array.from({ length: count }, (_, n) => send(n)))

const statuses = (answers: JsonAnswer[]) => answers.map(answer => answer.status)

test('after 60 wrong secrets even the right one is refused from that address, with the time to wait', async () => {
  expect(statuses(await many(60, n => present(`guess ${n}`)))).toEqual(Array(60).fill(401))
  for (const secret of ['another guess', SECRET]) {
    const limited = await present(secret)
    expect(limited.status).toBe(429)
    expect(limited.json).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.stringMatching(
        /^too many wrong secrets for this client from this address; try again in \d+ seconds$/,
      ),
    })
    const wait = Number(limited.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    expect(limited.headers.get('cache-control')).toBe('no-store')
    expect(limited.headers.get('www-authenticate')).toBeNull()
  }
})

test('the right secret still works from another address, and so do the secrets of other clients', async () => {
  await addClient(server, { id: `${client_id}-other`, secret: SECRET, grantTypes: ['client_credentials'] })
  await many(61, () => present('wrong'))
  expect((await present(SECRET, ELSEWHERE)).status).toBe(200)
  expect((await present(SECRET, HERE, `${client_id}-other`)).status).toBe(200)
})

test('100 simultaneous guesses are counted too, and the right secret after them is refused', async () => {
  const answers = await many(101, n => present(n < 100 ? `guess ${n}` : SECRET))
  expect(statuses(answers).filter(status => status === 401)).toHaveLength(60)
  expect(statuses(answers).filter(status => status === 429)).toHaveLength(41)
})

test('right secrets are never counted', async () => {
  expect(statuses(await many(100, () => present(SECRET)))).toEqual(Array(100).fill(200))
})

test('a request without a secret, or for an unknown client, does not count as a guess', async () => {
  await many(61, () => present(undefined))
  expect((await present(SECRET)).status).toBe(200)
  expect(statuses(await many(61, () => present('x', HERE, 'nobody')))).toEqual(Array(61).fill(401))
})

describe('wrong secrets are counted together for all endpoints and both ways to send a secret', () => {
  const asBasic = (secret: string) => ({ Authorization: basic(client_id, secret), 'X-Forwarded-For': HERE })
  const inBody = (secret: string) => ({ client_id, client_secret: secret, token: 'x' })
  const endpoints: [string, (secret: string) => Promise<{ status: number }>][] = [
    ['/token', secret => postForm(server, '/token', { grant_type: 'client_credentials' }, asBasic(secret))],
    ['/revoke', secret => postForm(server, '/revoke', inBody(secret), { 'X-Forwarded-For': HERE })],
    ['/introspect', secret => postForm(server, '/introspect', { token: 'x' }, asBasic(secret))],
    ['/ended-tokens', secret => fetch(`${server.url}/ended-tokens`, { headers: asBasic(secret) })],
  ]

  test.each(endpoints)('%s', async (_path, send) => {
    for (let n = 0; n < 15; n++) for (const [, guess] of endpoints) expect((await guess('wrong')).status).toBe(401)
    expect((await send('wrong')).status).toBe(429)
    expect((await send(SECRET)).status).toBe(429)
  })
})

test('the resource server can keep listening while someone else guesses its secret', async () => {
  const listen = (secret: string, address: string) =>
    fetch(`${server.url}/ended-tokens?listener=a-listener-here`, {
      headers: { Authorization: basic('calendar-api', secret), 'X-Forwarded-For': address },
    })
  for (let n = 0; n < 61; n++) await listen('wrong', HERE)
  expect((await listen(API_SECRET, HERE)).status).toBe(429)
  expect((await listen(API_SECRET, ELSEWHERE)).status).toBe(200)
})
