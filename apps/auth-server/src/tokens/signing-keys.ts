/**
 * The keys that access tokens are signed with: kept with the data, published at `/jwks`, each followed by the next.
 * `docs/decisions/key-rotation.md` tells why it is published before it signs, and for how long after.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type Clock, seconds } from '@glasshouse/shared/clock'
import type { SigningAlgorithm } from '../config'
import type { Database } from '../store/schema'
import * as signingKeys from '../store/signing-keys'
import { createOpaqueToken } from './opaque-token'

/** For how long clients and resource servers may keep the answer of `/jwks`, in seconds. */
export const JWKS_MAX_AGE_S = 15

/**
 * How long a key is published before it signs, in seconds. A resource server that meets an unknown key asks again, but
 * not within 30 s of the last time; a cache on the way may be 15 s behind; the clocks of two copies of this server may
 * differ by 5 s, either way. Whoever asks once the key signs therefore gets it.
 */
export const PUBLISHED_AHEAD_S = 30 + JWKS_MAX_AGE_S + 2 * 5 + 5

/** On top of a token's lifetime: what two clocks may differ by, and a token that is being signed this moment. In seconds. */
const MARGIN_S = 60

export interface SigningKey {
  kid: string
  algorithm: SigningAlgorithm
  /** Parsed once, not at every signature. */
  privateKey: KeyObject
  publicKey: KeyObject
}

/** RFC 7517 §4: a public key as `/jwks` shows it. */
export type PublicJwk = JsonWebKey & { kid: string; use: 'sig'; alg: SigningAlgorithm }

/** A key's life, for the operator. Times in seconds since the epoch. */
export interface KeyState {
  kid: string
  algorithm: SigningAlgorithm
  signsFrom: number
  /** When the next one takes over; Infinity for the last in the line. */
  signsUntil: number
  /** When the last token it signed is dead; Infinity for the last in the line. */
  publishedUntil: number
}

/**
 * The stored keys. They are read from the store each time, so that every running copy of this server knows a key from
 * the moment it exists; parsing, the costly part, is done once for each.
 */
export class KeyRing {
  private readonly parsed = new Map<string, SigningKey>()

  constructor(
    private readonly db: Database,
    /** Lifetimes and ages in seconds. */
    private readonly options: { signingAlgorithm: SigningAlgorithm; accessTokenTtl: number; signingKeyMaxAge: number },
    private readonly clock: Clock,
  ) {}

  /** Every key that is published, the newest first: those to come, the one that signs, those that have signed. */
  async all(db = this.db): Promise<SigningKey[]> {
    return (await signingKeys.list(db)).map(stored => this.parse(stored))
  }

  /** The key that signs now. @param db a transaction, when there is one under way */
  async current(db = this.db): Promise<SigningKey> {
    const now = seconds(this.clock)
    const key = (await signingKeys.list(db)).find(candidate => candidate.signsFrom <= now)
    if (!key) throw new Error('there is no signing key: ensureKey has to run at start')
    // Before the first signature, so that the key is never taken down before the token.
    if (key.tokenTtl < this.options.accessTokenTtl) {
      await signingKeys.noteTokenTtl(db, key.kid, this.options.accessTokenTtl)
    }
    return this.parse(key)
  }

  /** The longest that a token which one of the keys has signed may live, in seconds: `ACCESS_TOKEN_TTL` may have been longer. */
  async longestTokenTtl(db = this.db): Promise<number> {
    const ttls = (await signingKeys.list(db)).map(key => key.tokenTtl)
    return Math.max(this.options.accessTokenTtl, ...ttls)
  }

  /** At start: the first key, or one of the algorithm that is wanted from now on. */
  async ensureKey(): Promise<void> {
    const [newest] = await signingKeys.list(this.db)
    // Nobody can know the very first key yet, so nobody has to be waited for.
    if (!newest) await this.add(1, seconds(this.clock))
    else if (newest.algorithm !== this.options.signingAlgorithm) await this.rotate()
  }

  /** Lets a new key follow: it is published now, and signs as soon as everybody can have it. */
  async rotate(): Promise<void> {
    const [newest] = await signingKeys.list(this.db)
    if (!newest) return this.ensureKey()
    await this.add(newest.generation + 1, seconds(this.clock) + PUBLISHED_AHEAD_S)
  }

  /**
   * Puts a new key in the place of all others, now: for when one of them has been stolen. Every token they signed is lost.
   * @throws Error when another rotation came in between
   */
  async replaceAll(): Promise<void> {
    const before = await signingKeys.list(this.db)
    await this.db.transaction().execute(async transaction => {
      const added = await this.add((before[0]?.generation ?? 0) + 1, seconds(this.clock), transaction)
      if (!added) throw new Error('the keys were changed at the same moment; try again')
      for (const { kid } of before) await signingKeys.remove(transaction, kid)
    })
  }

  /** Lets a new key follow if the newest is as old as a key may get. @returns whether it was */
  async rotateByAge(): Promise<boolean> {
    const [newest] = await signingKeys.list(this.db)
    if (!newest || newest.createdAt + this.options.signingKeyMaxAge > seconds(this.clock)) return false
    await this.rotate()
    return true
  }

  /** Takes down the keys whose last token is dead. */
  async removeDead(): Promise<void> {
    const now = seconds(this.clock)
    for (const { kid, publishedUntil } of await this.states()) {
      if (publishedUntil <= now) await signingKeys.remove(this.db, kid)
    }
  }

  /** The line, the newest first. */
  async states(): Promise<KeyState[]> {
    const line = await signingKeys.list(this.db)
    return line.map(({ kid, algorithm, signsFrom, tokenTtl }, index) => {
      // The newest whose time has come signs; so the first of those after it ends its time.
      const signsUntil = Math.min(...line.slice(0, index).map(later => later.signsFrom))
      return { kid, algorithm, signsFrom, signsUntil, publishedUntil: signsUntil + tokenTtl + MARGIN_S }
    })
  }

  /** Several copies may come here at the same moment: one of them adds the key, for all of them. */
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

/** The public half alone: the private members never leave their `KeyObject`. */
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
