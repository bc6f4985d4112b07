/** A fake authorization server: it publishes keys, signs tokens and reports withdrawn ones, over HTTP like the real one. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startTestServer } from '@glasshouse/shared/testing/test-server'

/** How long a poll is held, in milliseconds. The real server holds it for a second. */
const HOLD_MS = 500

export interface FakeKey {
  kid: string
  alg: 'ES256' | 'RS256'
  privateKey: KeyObject
  publicKey: KeyObject
}

export class FakeAuthServer {
  readonly keys: FakeKey[] = [createKey()]
  /** How `/jwks` and `/ended-tokens` fail. */
  trouble: { jwks?: 'down' | 'nonsense'; endedTokens?: 'down' | 'nonsense' } = {}
  /** Whether the answer to a poll contains the key ids. */
  namesKeys = false
  /** The lease in each answer to a poll, in seconds. */
  lease = 3
  /** How often the keys were fetched. */
  jwksRequests = 0
  /** All polls, in the order of arrival. */
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

  /** Withdraws a token or a grant. Returns after a listener has confirmed it. */
  async end(id: string): Promise<void> {
    const seq = this.last + 1
    const confirmed = this.confirms(seq)
    this.ended.push({ seq, id, expires_at: Math.floor(Date.now() / 1000) + 3660 })
    this.changes.emit('added')
    await confirmed
  }

  /** Returns when the next poll that confirms entry `seq` has arrived. The poll is then held for a while. */
  async confirms(seq: number): Promise<void> {
    const before = this.polls.length
    while (!this.polls.slice(before).some(({ after }) => after === seq)) await once(this.changes, 'polled')
  }

  /** Returns when the next poll has arrived, even if it will fail. */
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

/** What a test changes in a token. undefined omits a claim. */
export interface TokenChanges {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: FakeKey
}

/** A valid access token for a user, except for the changes. */
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

/** Signs anything, even what a library would refuse to sign. */
export function jws(header: object, payload: object, { alg, privateKey }: FakeKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part(header)}.${part(payload)}`
  // RFC 7518 §3.4: an ECDSA signature is R followed by S.
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}
