/**
 * The keys that sign access tokens: stored with the data, published at `/jwks`, and rotated.
 * `docs/decisions/key-rotation.md` explains why a key is published before it signs, and for how long afterwards.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type Clock, seconds } from '@glasshouse/shared/clock'
import type { SigningAlgorithm } from '../config'
import type { Database } from '../store/schema'
import * as signingKeys from '../store/signing-keys'
import { createOpaqueToken } from './opaque-token'

/** How long clients and resource servers may cache the answer of `/jwks`, in seconds. */
export const JWKS_MAX_AGE_S = 15

/**
 * How long a key is published before it signs, in seconds. A resource server that meets an unknown key fetches the keys
 * again, but not within 30 s of the last fetch; a cache on the way may be 15 s behind; the clocks of two copies of this
 * server may differ by 5 s in either direction. So every fetch made after the key starts to sign includes the key.
 */
export const PUBLISHED_AHEAD_S = 30 + JWKS_MAX_AGE_S + 2 * 5 + 5

/** Added to a token's lifetime for clocks that differ and for a token that is just being signed. In seconds. */
const MARGIN_S = 60

export interface SigningKey {
  kid: string
  algorithm: SigningAlgorithm
  /** Parsed once, not at every signature. */
  privateKey: KeyObject
  publicKey: KeyObject
}

/** RFC 7517 §4: a public key as `/jwks` publishes it. */
export type PublicJwk = JsonWebKey & { kid: string; use: 'sig'; alg: SigningAlgorithm }

/** A key's dates, for the operator. Times in seconds since the epoch. */
export interface KeyState {
  kid: string
  algorithm: SigningAlgorithm
  signsFrom: number
  /** When the next key takes over; Infinity for the last key. */
  signsUntil: number
  /** When the last token it signed has expired; Infinity for the last key. */
  publishedUntil: number
}

/**
 * The stored keys. Each use asks the store for them, so that every running copy of this server knows a key as soon as it
 * exists (`store/registry.ts`). Parsing, the expensive part, is done once for each key.
 */
export class KeyRing {
  private readonly parsed = new Map<string, SigningKey>()

  constructor(
    private readonly db: Database,
    /** Lifetimes and ages in seconds. */
    private readonly options: { signingAlgorithm: SigningAlgorithm; accessTokenTtl: number; signingKeyMaxAge: number },
    private readonly clock: Clock,
  ) {}

  /** Every published key, newest first: future keys, the current key, and retired keys. */
  async all(db = this.db): Promise<SigningKey[]> {
    return (await signingKeys.list(db)).map(stored => this.parse(stored))
  }

  /** The current signing key. @param db a transaction, if one is running */
  async current(db = this.db): Promise<SigningKey> {
    const now = seconds(this.clock)
    const keys = await signingKeys.list(db)
    // If no key's time has come, the clock was ahead at the first start. The oldest key has been published longest.
    const key = keys.find(candidate => candidate.signsFrom <= now) ?? keys.at(-1)
    if (!key) throw new Error('no signing key exists: ensureKey must run at start')
    // Recorded before the first signature, so that the key is never removed before the token expires.
    if (key.tokenTtl < this.options.accessTokenTtl) {
      await signingKeys.noteTokenTtl(db, key.kid, this.options.accessTokenTtl)
    }
    return this.parse(key)
  }

  /**
   * For the log and `/healthz`: says that the clock is behind the time from which the first key signs, which means that
   * it was ahead at the first start or is wrong now. Undefined when it is not behind.
   */
  async clockWarning(): Promise<string | undefined> {
    const keys = await signingKeys.list(this.db)
    const behind = Math.min(...keys.map(key => key.signsFrom)) - seconds(this.clock)
    if (keys.length === 0 || behind <= 0) return undefined
    return `this machine's clock is ${behind} s behind the time when the signing key was created; set the clock`
  }

  /** The longest lifetime of any token that the keys have signed, in seconds: `ACCESS_TOKEN_TTL` may have been longer before. */
  async longestTokenTtl(db = this.db): Promise<number> {
    const ttls = (await signingKeys.list(db)).map(key => key.tokenTtl)
    return Math.max(this.options.accessTokenTtl, ...ttls)
  }

  /** At start: adds the first key, or a key for a newly configured algorithm. */
  async ensureKey(): Promise<void> {
    const [newest] = await signingKeys.list(this.db)
    // No resource server can have cached keys before the first one exists, so it may sign at once.
    if (!newest) await this.add(1, seconds(this.clock))
    else if (newest.algorithm !== this.options.signingAlgorithm) await this.rotate()
  }

  /** Adds a new key: it is published now, and signs as soon as every resource server can have fetched it. */
  async rotate(): Promise<void> {
    const [newest] = await signingKeys.list(this.db)
    if (!newest) return this.ensureKey()
    await this.add(newest.generation + 1, seconds(this.clock) + PUBLISHED_AHEAD_S)
  }

  /**
   * Replaces all keys with a new one immediately, after one was stolen. Every token they signed becomes invalid.
   * @throws Error when another rotation happened at the same moment
   */
  async replaceAll(): Promise<void> {
    const before = await signingKeys.list(this.db)
    await this.db.transaction().execute(async transaction => {
      const added = await this.add((before[0]?.generation ?? 0) + 1, seconds(this.clock), transaction)
      if (!added) throw new Error('the keys were changed at the same moment; try again')
      for (const { kid } of before) await signingKeys.remove(transaction, kid)
    })
  }

  /** Adds a new key if the newest one has reached its maximum age. @returns whether it did */
  async rotateByAge(): Promise<boolean> {
    const [newest] = await signingKeys.list(this.db)
    if (!newest || newest.createdAt + this.options.signingKeyMaxAge > seconds(this.clock)) return false
    await this.rotate()
    return true
  }

  /** Removes the keys whose last token has expired. */
  async removeDead(): Promise<void> {
    const now = seconds(this.clock)
    for (const { kid, publishedUntil } of await this.states()) {
      if (publishedUntil <= now) await signingKeys.remove(this.db, kid)
    }
  }

  /** The sequence of keys, newest first. */
  async states(): Promise<KeyState[]> {
    const line = await signingKeys.list(this.db)
    return line.map(({ kid, algorithm, signsFrom, tokenTtl }, index) => {
      // The newest key whose time has come signs, until the next one starts.
      const signsUntil = Math.min(...line.slice(0, index).map(later => later.signsFrom))
      return { kid, algorithm, signsFrom, signsUntil, publishedUntil: signsUntil + tokenTtl + MARGIN_S }
    })
  }

  /** When several copies get here at the same moment, one of them adds the key for all. */
  private async add(generation: number, signsFrom: number, db = this.db): Promise<boolean> {
    const { signingAlgorithm, accessTokenTtl } = this.options
    return signingKeys.add(db, {
      ...(await createKey(signingAlgorithm)),
      createdAt: seconds(this.clock),
      generation,
      signsFrom,
      tokenTtl: accessTokenTtl,
    })
  }

  private parse(stored: signingKeys.StoredSigningKey): SigningKey {
    const key = this.parsed.get(stored.kid) ?? parseKey(stored)
    this.parsed.set(stored.kid, key)
    return key
  }
}

function parseKey({ kid, algorithm, privateKeyPem }: signingKeys.StoredSigningKey): SigningKey {
  const privateKey = createPrivateKey(privateKeyPem)
  return { kid, algorithm, privateKey, publicKey: createPublicKey(privateKey) }
}

/** Only the public half: the private members never leave their `KeyObject`. */
export function toJwk(key: SigningKey): PublicJwk {
  return { ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: key.algorithm }
}

const generate = promisify(generateKeyPair)

async function createKey(algorithm: SigningAlgorithm) {
  const { privateKey } =
    algorithm === 'ES256'
      ? await generate('ec', { namedCurve: 'P-256' }) // RFC 7518 §3.4
      : await generate('rsa', { modulusLength: 2048 }) // RFC 7518 §3.3: 2048 bits or larger
  return {
    kid: createOpaqueToken().slice(0, 16),
    algorithm,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}
