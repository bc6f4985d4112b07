/** Stands in for the authorization server: publishes keys, signs tokens, says which have ended. Apps meet over HTTP alone. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startTestServer } from '@glasshouse/shared/testing/test-server'

/** How long a poll is held, in milliseconds. Shorter than the real one's second: no test waits for it. */
const HOLD_MS = 500

export interface FakeKey {
  kid: string
  alg: 'ES256' | 'RS256'
  privateKey: KeyObject
  publicKey: KeyObject
}

export class FakeAuthServer {
  readonly keys: FakeKey[] = [createKey()]
  /** What `/jwks` and `/ended-tokens` do when they are not well. */
  trouble: { jwks?: 'down' | 'nonsense'; endedTokens?: 'down' | 'nonsense' } = {}
  /** Whether the answer to a poll names the keys. */
  namesKeys = false
  /** How long each answer to a poll lets the API trust the list. In seconds. */
  lease = 3
  /** How often the keys were fetched. */
  jwksRequests = 0
  /** Each poll, in the order of arrival: what it confirmed, and who it was. */
  readonly polls: { listener: string; after: number | undefined; authorization: string | undefined }[] = []
  readonly goodbyes: string[] = []
  private ended: { seq: number; id: string; expires_at: number }[] = []
  private readonly changes = new EventEmitter().setMaxListeners(0)

  private constructor(
    readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<FakeAuthServer> {
    const server = await startTestServer()
    const fake = new FakeAuthServer(server.url, () => server.stop())
    server.answerWith((request, response) => void fake.answer(request, response))
    return fake
  }

  /** Ends a token or a family. Returns when a listener has confirmed that it knows. */
  async end(id: string): Promise<void> {
    const seq = this.last + 1
    const confirmed = this.confirms(seq)
    this.ended.push({ seq, id, expires_at: Math.floor(Date.now() / 1000) + 3660 })
    this.changes.emit('added')
    await confirmed
  }

  /** Returns when from now on a poll has confirmed number `seq`; it is then held for a while. */
  async confirms(seq: number): Promise<void> {
    const before = this.polls.length
    while (!this.polls.slice(before).some(({ after }) => after === seq)) await once(this.changes, 'polled')
  }

  /** Returns when the next poll has arrived, whatever becomes of it. */
  async asked(): Promise<void> {
    await once(this.changes, 'asked')
  }

  /** Starts over with empty tables, as after `npm start -- --reset`. */
  reset(): void {
    this.ended = []
  }

  private get last(): number {
    return this.ended.at(-1)?.seq ?? 0
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    const trouble = pathname === '/jwks' ? this.trouble.jwks : this.trouble.endedTokens
    if (pathname === '/jwks') this.jwksRequests++
    else this.changes.emit('asked')
    if (trouble === 'down') return void response.writeHead(503).end()
    if (trouble === 'nonsense') return void response.end('<p>Under maintenance</p>')
    if (pathname === '/jwks') return void response.end(JSON.stringify({ keys: this.keys.map(toJwk) }))
    const listener = searchParams.get('listener') ?? ''
    if (request.method === 'DELETE') {
      this.goodbyes.push(listener)
      return void response.writeHead(204).end()
    }
    const after = searchParams.has('after') ? Number(searchParams.get('after')) : undefined
    this.polls.push({ listener, after, authorization: request.headers.authorization })
    this.changes.emit('polled')
    if (after === this.last) {
      await once(this.changes, 'added', { signal: AbortSignal.timeout(HOLD_MS) }).catch(() => {})
    }
    const known = after === undefined || after > this.last ? 0 : after
    const ended = this.ended.filter(({ seq }) => seq > known)
    const kids = this.namesKeys ? { kids: this.keys.map(key => key.kid) } : {}
    response.end(JSON.stringify({ ended, last: this.last, lease: this.lease, ...kids }))
  }
}

export function createKey(alg: FakeKey['alg'] = 'ES256'): FakeKey {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { kid: randomBytes(8).toString('hex'), alg, ...pair }
}

function toJwk({ kid, alg, publicKey }: FakeKey) {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}

/** What a test changes about a token. An undefined value leaves a claim out. */
export interface TokenChanges {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: FakeKey
}

/** A good access token for a person, but for what is changed. */
export function signToken(
  server: FakeAuthServer,
  audience: string,
  owner: string,
  { claims, header, key = server.keys[0] as FakeKey }: TokenChanges = {},
): string {
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: server.url,
    sub: owner,
    aud: audience,
    exp: now + 3600,
    iat: now,
    jti: `${randomBytes(8).toString('hex')}.${randomBytes(8).toString('hex')}`,
    client_id: 'tripmate',
    scope: 'calendar.read calendar.write',
    ...claims,
  }
  return jws({ typ: 'at+jwt', alg: key.alg, kid: key.kid, ...header }, payload, key)
}

/** Signs whatever it is given, also what a library would refuse to. */
export function jws(header: object, payload: object, { alg, privateKey }: FakeKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part(header)}.${part(payload)}`
  // RFC 7518 §3.4: the two halves of an ECDSA signature stand side by side.
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}
