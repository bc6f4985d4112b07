/** What is remembered of a token is that its signature was good, and nothing else (src/verified-tokens.ts). */
import { readKeySet, type SigningKey } from '../../src/signing-keys'
import { verifiedClaims } from '../../src/verified-tokens'
import { createKey, type FakeKey, jws } from '../fake-auth-server'
import { callerOf, startCalendarApi, type TestCalendarApi } from '../support'

describe('a remembered token', () => {
  let api: TestCalendarApi
  let token: string
  beforeEach(async () => {
    api = await startCalendarApi()
    token = api.token('usr_2f8c1a', { claims: { jti: 'family1.token1' } })
    expect((await list(token)).status).toBe(200)
    expect((await list(token)).status).toBe(200)
  })
  afterEach(() => api.stop())

  const list = (accessToken: string) => callerOf(api, accessToken)('GET')
  const challengeTo = async (accessToken: string) => {
    const { status, headers } = await list(accessToken)
    return `${status} ${headers.get('www-authenticate')}`
  }

  test('is refused after it has expired (RFC 7519 §4.1.4)', async () => {
    api.advance(3600 + 5)
    expect(await challengeTo(token)).toMatch(/^401 .*It has expired/)
  })

  test('is refused after its key was taken down', async () => {
    api.context.keys.update([])
    expect(await challengeTo(token)).toMatch(/^401 .*not signed with a key of the authorization server/)
  })

  test('is refused after another key was published under the name of its key', async () => {
    const [{ kid }] = api.authServer.keys as [FakeKey]
    api.authServer.keys.splice(0, 1, { ...createKey(), kid })
    api.wait(10 * 60_000)
    expect(await challengeTo(token)).toMatch(/^401 .*Its signature is not valid/)
  })

  test('is refused after it was withdrawn, alone or with its grant', async () => {
    await api.authServer.end('family1.token1')
    expect(await challengeTo(token)).toMatch(/^401 .*It was withdrawn/)
    const sibling = api.token('usr_2f8c1a', { claims: { jti: 'family1.token2' } })
    expect((await list(sibling)).status).toBe(200)
    await api.authServer.end('family1')
    expect(await challengeTo(sibling)).toMatch(/^401 .*It was withdrawn/)
  })

  test('does not vouch for the same claims with another signature', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const another = api.token('usr_2f8c1a').split('.')[2]
    expect(await challengeTo(`${header}.${payload}.${another}`)).toMatch(/^401 .*Its signature is not valid/)
    const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    expect(await challengeTo(`${header}.${payload}.${changed}`)).toMatch(/^401 .*Its signature is not valid/)
    expect((await list(token)).status).toBe(200)
  })
})

describe('the signature', () => {
  const fakeKey = createKey()
  const tokenOf = (claims: object) => jws({ typ: 'at+jwt', alg: 'ES256' }, claims, fakeKey)

  /** A key that counts how often a signature is checked with it. */
  function countingKey(): { key: SigningKey; checks: () => number } {
    const jwk = { ...fakeKey.publicKey.export({ format: 'jwk' }), kid: 'one' }
    const { algorithm, publicKey } = readKeySet({ keys: [jwk] }).get('one') as SigningKey
    let checks = 0
    const key = {
      algorithm,
      get publicKey() {
        checks++
        return publicKey
      },
    }
    return { key, checks: () => checks }
  }

  test('is checked once for each token and key', () => {
    const { key, checks } = countingKey()
    const [one, two] = [tokenOf({ sub: 'one' }), tokenOf({ sub: 'two' })]
    for (const token of [one, two, one, two, one]) {
      expect(verifiedClaims(token, key).sub).toBe(token === one ? 'one' : 'two')
    }
    expect(checks()).toBe(2)
    const other = countingKey()
    verifiedClaims(one, other.key)
    expect(other.checks()).toBe(1)
  })

  test('is checked again each time if it was not good', () => {
    const { key, checks } = countingKey()
    const forged = jws({ typ: 'at+jwt', alg: 'ES256' }, { sub: 'one' }, createKey())
    for (let time = 0; time < 2; time++) expect(() => verifiedClaims(forged, key)).toThrow('invalid signature')
    expect(checks()).toBe(2)
  })

  test('is checked again after as many newer tokens as are remembered', () => {
    const { key, checks } = countingKey()
    const [one, two, three, four] = [1, 2, 3, 4].map(n => tokenOf({ n })) as [string, string, string, string]
    for (const token of [one, two, three, one]) verifiedClaims(token, key, 3)
    expect(checks()).toBe(3)
    for (const token of [four, two, three]) verifiedClaims(token, key, 3)
    expect(checks()).toBe(4)
    verifiedClaims(one, key, 3)
    expect(checks()).toBe(5)
  })
})
