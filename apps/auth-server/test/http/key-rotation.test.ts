import { createPublicKey } from 'node:crypto'
import { createLog } from '@glasshouse/shared/log'
import jwt from 'jsonwebtoken'
import { runKeysCommand } from '../../src/keys'
import { openContext } from '../../src/open'
import { KeyRing, PUBLISHED_AHEAD_S } from '../../src/tokens/signing-keys'
import { runUpkeep } from '../../src/upkeep'
import {
  API_SECRET,
  addClient,
  basic,
  claimsOf,
  postForm,
  startAuthServer,
  type TestAuthServer,
  tokens,
} from '../support'

let server: TestAuthServer
beforeEach(async () => {
  server = await startAuthServer({ SIGNING_KEY_MAX_AGE: '1000000' })
})
afterEach(async () => {
  jest.restoreAllMocks()
  await server.stop()
})

/** Runs the command. @returns its exit code and its output */
async function keys(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  const { config, clock } = server.context
  return { code: await runKeysCommand(args, config, line => lines.push(line), clock), lines }
}

async function published(): Promise<Record<string, string>[]> {
  const response = await fetch(`${server.url}/jwks`)
  return ((await response.json()) as { keys: Record<string, string>[] }).keys
}

const introspect = (token: string) =>
  postForm(server, '/introspect', { token }, { Authorization: basic('calendar-api', API_SECRET) })

const kidsPublished = async () => (await published()).map(key => key.kid)
/** The key ids in the answer to a poll of a resource server. */
async function kidsHeard(): Promise<string[]> {
  const response = await fetch(`${server.url}/ended-tokens?listener=a-test-listener`, {
    headers: { Authorization: basic('calendar-api', API_SECRET) },
  })
  return ((await response.json()) as { kids: string[] }).kids
}
const kidThatSigns = async () => claimsOf((await tokens(server)).access_token).header.kid

test('a key is published a minute ahead (docs/decisions/key-rotation.md)', () => {
  expect(PUBLISHED_AHEAD_S).toBe(60)
})

describe('rotation by command', () => {
  test('publishes the new key at once, and signs with it once every resource server can have fetched it', async () => {
    const [old] = await kidsPublished()
    expect((await keys('rotate')).code).toBe(0)
    const [next, ...others] = await kidsPublished()
    expect(others).toEqual([old])
    expect(next).not.toBe(old)
    expect(await kidThatSigns()).toBe(old)
    server.advance(PUBLISHED_AHEAD_S)
    expect(await kidThatSigns()).toBe(next)
  })

  test('--compromised replaces all keys, so that tokens signed with a stolen key are refused', async () => {
    const { access_token } = await tokens(server)
    const old = await kidsPublished()
    await keys('rotate')
    expect((await keys('rotate', '--compromised')).code).toBe(0)
    const now = await kidsPublished()
    expect(now).toHaveLength(1)
    expect(await kidsHeard()).toEqual(now)
    expect(old).not.toContain(now[0])
    expect(await kidThatSigns()).toBe(now[0])
    expect((await introspect(access_token)).json).toEqual({ active: false })
  })

  test('reports what it did, and never shows a private key', async () => {
    const { lines } = await keys('rotate')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^[\w-]{16} {2}ES256 {2}signs from .* until .*, published until /)
    expect(JSON.stringify(lines)).not.toContain('PRIVATE')
    expect((await published())[0]).not.toHaveProperty('d')
    expect(await keys('list')).toEqual({ code: 0, lines })
  })

  test('twice in a row: each key signs until the next key takes over', async () => {
    const from = (line = '') => /signs from (\S+)/.exec(line)?.[1]
    const until = (line = '') => / until (\S+),/.exec(line)?.[1]
    await keys('rotate')
    server.advance(10)
    await keys('rotate')
    const { lines } = await keys('list')
    expect(lines).toHaveLength(3)
    expect(lines.map(until)).toEqual([undefined, from(lines[0]), from(lines[1])])
  })

  test.each([[[]], [['turn']], [['rotate', '--later']], [['rotate', '--compromised', 'x']], [['list', 'x']]])(
    '%p changes nothing, and lists the valid commands',
    async args => {
      const { code, lines } = await keys(...args)
      expect([code, lines.join()]).toEqual([2, expect.stringContaining('keys rotate')])
      expect(await kidsPublished()).toHaveLength(1)
    },
  )
})

describe('no valid token is refused', () => {
  /** Like the calendar API, fetches the keys for an unknown kid, but at most every 30 seconds. */
  function resourceServer() {
    let known = new Map<string, Record<string, string>>()
    let askedAt = Number.NEGATIVE_INFINITY
    return async (token: string, kid = claimsOf(token).header.kid): Promise<boolean> => {
      const now = server.context.clock()
      if (!known.has(kid) && now - askedAt >= 30_000) {
        known = new Map((await published()).map(key => [key.kid as string, key]))
        askedAt = now
      }
      const key = known.get(kid)
      if (!key) return false
      jwt.verify(token, createPublicKey({ key: key as never, format: 'jwk' }), {
        clockTimestamp: Math.floor(now / 1000),
      })
      return true
    }
  }

  test.each([0, 15, 29])(
    'by a resource server that unknown kids cause to fetch the keys again and again, from second %d on',
    async phase => {
      const accepts = resourceServer()
      const nonsense = 'a.b.c'
      server.advance(phase)
      await addClient(server, { id: 'robot', secret: 'robot-secret', grantTypes: ['client_credentials'] })
      const robot = { client_id: 'robot', client_secret: 'robot-secret', grant_type: 'client_credentials' }
      const token = async (): Promise<string> => (await postForm(server, '/token', robot)).json.access_token
      let held = await token()
      await accepts(nonsense, 'no such key')
      server.advance(1)
      await keys('rotate')
      for (let second = 0; second < 100; second += 3) {
        await accepts(nonsense, 'no such key')
        expect(await accepts(held)).toBe(true)
        held = await token()
        expect(await accepts(held)).toBe(true)
        server.advance(3)
      }
      expect(claimsOf(held).header.kid).toBe((await kidsPublished())[0])
    },
  )

  test('a retired key stays published until the last token it signed has expired', async () => {
    const [old] = await kidsPublished()
    await keys('rotate')
    server.advance(PUBLISHED_AHEAD_S - 1)
    const last = await tokens(server)
    expect(claimsOf(last.access_token).header.kid).toBe(old)
    server.advance(3600 + 60)
    await runUpkeep(server.context)
    expect(await kidsPublished()).toContain(old)
    server.advance(1)
    await runUpkeep(server.context)
    expect(await kidsPublished()).not.toContain(old)
    expect(await kidThatSigns()).toBe((await kidsPublished())[0])
  })

  test('even if its tokens had a longer lifetime than new tokens have', async () => {
    const longer = { ...server.context.config, accessTokenTtl: 100_000 }
    const copy = await openContext(longer, createLog('copy', 'silent'), server.context.clock)
    await copy.context.keys.current()
    await copy.close()
    const [old] = await kidsPublished()
    await keys('rotate')
    server.advance(PUBLISHED_AHEAD_S + 100_000 + 59)
    await runUpkeep(server.context)
    expect(await kidsPublished()).toContain(old)
    server.advance(1)
    await runUpkeep(server.context)
    expect(await kidsPublished()).not.toContain(old)
  })

  test('tokens signed before a rotation can be introspected after it', async () => {
    const { access_token } = await tokens(server)
    await keys('rotate')
    server.advance(PUBLISHED_AHEAD_S)
    expect((await introspect(access_token)).json.active).toBe(true)
  })
})

describe('rotation by age', () => {
  test('happens once when a key reaches SIGNING_KEY_MAX_AGE', async () => {
    const [old] = await kidsPublished()
    const info = jest.spyOn(server.context.log, 'info')
    server.advance(999_999)
    await runUpkeep(server.context)
    expect(await kidsPublished()).toEqual([old])
    expect(info).not.toHaveBeenCalledWith(expect.stringContaining('new signing key'))
    server.advance(1)
    await Promise.all([runUpkeep(server.context), runUpkeep(server.context), runUpkeep(server.context)])
    expect(await kidsPublished()).toHaveLength(2)
    expect(info).toHaveBeenCalledWith(expect.stringContaining('new signing key'))
    server.advance(PUBLISHED_AHEAD_S)
    expect(await kidThatSigns()).not.toBe(old)
  })
})

describe('before the first start of the server', () => {
  test.each([[['rotate']], [['rotate', '--compromised']]])(
    '%p creates the first key, which signs at once',
    async args => {
      await server.context.db.deleteFrom('signing_keys').execute()
      expect((await keys(...args)).code).toBe(0)
      const [first, ...others] = await kidsPublished()
      expect(others).toEqual([])
      expect(await kidThatSigns()).toBe(first)
    },
  )

  test('upkeep creates no key, and nothing can be signed', async () => {
    await server.context.db.deleteFrom('signing_keys').execute()
    await expect(server.context.keys.current()).rejects.toThrow('ensureKey must run at start')
    await runUpkeep(server.context)
    expect(await kidsPublished()).toEqual([])
  })
})

describe('several copies', () => {
  test('a copy that starts on a store with a key creates no other key', async () => {
    const before = await kidsPublished()
    const copy = await openContext(server.context.config, createLog('copy', 'silent'), server.context.clock)
    await copy.close()
    expect(await kidsPublished()).toEqual(before)
  })

  test('--compromised deletes no key if another rotation has happened in between, and says so', async () => {
    const { config, db, clock } = server.context
    const copy = await openContext(config, createLog('copy', 'silent'), clock)
    try {
      let first = true
      const interrupted = db.withPlugin({
        transformQuery: ({ node }) => node,
        async transformResult({ result }) {
          if (first) {
            first = false
            await copy.context.keys.rotate()
          }
          return result
        },
      })
      const before = await kidsPublished()
      await expect(new KeyRing(interrupted, config, clock).replaceAll()).rejects.toThrow('try again')
      const [next, ...others] = await kidsPublished()
      expect(others).toEqual(before)
      expect(before).not.toContain(next)
    } finally {
      await copy.close()
    }
  })

  test('sign with the same key, before and after a rotation', async () => {
    const { config, clock } = server.context
    const copy = await openContext(config, createLog('copy', 'silent'), clock)
    try {
      const currentKids = async () => [
        (await server.context.keys.current()).kid,
        (await copy.context.keys.current()).kid,
      ]
      const [before, beforeThere] = await currentKids()
      expect(beforeThere).toBe(before)
      await copy.context.keys.rotate()
      server.advance(PUBLISHED_AHEAD_S)
      const [after, afterThere] = await currentKids()
      expect(afterThere).toBe(after)
      expect(after).not.toBe(before)
    } finally {
      await copy.close()
    }
  })

  test('a new SIGNING_ALG takes effect as in a rotation', async () => {
    const config = { ...server.context.config, signingAlgorithm: 'RS256' as const }
    const copy = await openContext(config, createLog('copy', 'silent'), server.context.clock)
    await copy.close()
    expect((await published()).map(key => key.alg)).toEqual(['RS256', 'ES256'])
    expect(claimsOf((await tokens(server)).access_token).header.alg).toBe('ES256')
    server.advance(PUBLISHED_AHEAD_S)
    expect(claimsOf((await tokens(server)).access_token).header.alg).toBe('RS256')
  })
})
