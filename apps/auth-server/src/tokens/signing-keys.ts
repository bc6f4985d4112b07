/** The keys that access tokens are signed with: created at first start, kept with the data, published at `/jwks`. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type Clock, seconds } from '@glasshouse/shared/clock'
import type { SigningAlgorithm } from '../config'
import type { Database } from '../store/schema'
import * as signingKeys from '../store/signing-keys'
import { createOpaqueToken } from './opaque-token'

export interface SigningKey {
  kid: string
  algorithm: SigningAlgorithm
  /** Parsed once, not at every signature. */
  privateKey: KeyObject
  publicKey: KeyObject
}

/** RFC 7517 §4: a public key as `/jwks` shows it. */
export type PublicJwk = JsonWebKey & { kid: string; use: 'sig'; alg: SigningAlgorithm }

/**
 * The stored keys. They are read from the store each time, so that every running copy of this server knows a key from
 * the moment it exists; parsing, the costly part, is done once for each.
 */
export class KeyRing {
  private readonly parsed = new Map<string, SigningKey>()

  constructor(
    private readonly db: Database,
    private readonly algorithm: SigningAlgorithm,
    private readonly clock: Clock,
  ) {}

  /** Every key, the newest first. */
  async all(db = this.db): Promise<SigningKey[]> {
    return (await signingKeys.list(db)).map(stored => {
      const key = this.parsed.get(stored.kid) ?? parseKey(stored)
      this.parsed.set(stored.kid, key)
      return key
    })
  }

  /** The key that signs now. @param db a transaction, when there is one under way */
  async current(db = this.db): Promise<SigningKey> {
    const key = (await this.all(db)).find(candidate => candidate.algorithm === this.algorithm)
    if (!key) throw new Error('there is no signing key: ensureKey has to run at start')
    return key
  }

  /** At first start there is no key of the wanted algorithm: creates one. */
  async ensureKey(): Promise<void> {
    if ((await this.all()).some(key => key.algorithm === this.algorithm)) return
    await signingKeys.add(this.db, { ...createKey(this.algorithm), createdAt: seconds(this.clock) })
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

function createKey(algorithm: SigningAlgorithm) {
  const { privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) // RFC 7518 §3.4
      : generateKeyPairSync('rsa', { modulusLength: 2048 }) // RFC 7518 §3.3: 2048 bits or larger
  return {
    kid: createOpaqueToken().slice(0, 16),
    algorithm,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}
