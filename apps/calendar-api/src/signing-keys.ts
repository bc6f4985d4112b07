/** The authorization server's public keys (RFC 7517), fetched when one is needed that is not here, or was long ago. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { Clock } from '@glasshouse/shared/clock'
import type { Logger } from '@glasshouse/shared/log'

/** The algorithms that a token may be signed with. Anything else, `none` and HS256 above all, is refused. */
export type SigningAlgorithm = 'ES256' | 'RS256'

export interface SigningKey {
  /** The only algorithm that this key is for (RFC 7517 §4.4): what a token's header says has to agree. */
  algorithm: SigningAlgorithm
  publicKey: KeyObject
}

/** The keys are not here, and cannot be had. */
export class KeysUnavailable extends Error {}

/** A key that is not here may be a new one, or nonsense: the server is asked again, but not more often than this. */
const FETCH_AT_MOST_EVERY_MS = 30_000
/** A fetch that failed taught us nothing, so the next may follow sooner. */
const FETCH_AGAIN_AFTER_FAILURE_MS = 1_000
const FETCH_WITHIN_MS = 3_000
/** A key that was taken down is trusted no longer than this, also by who does not hear of it. */
const FRESH_FOR_MS = 10 * 60_000

export class SigningKeys {
  private keys = new Map<string, SigningKey>()
  private fetching: Promise<void> | undefined
  private fetchNotBefore = Number.NEGATIVE_INFINITY
  private freshUntil = Number.NEGATIVE_INFINITY
  private lastFetchFailed = true
  /** The keys that there are, as far as we were told. */
  private heardOf: ReadonlySet<string> = new Set()
  /** Those of them that nobody has asked for yet. */
  private toFetch = new Set<string>()

  constructor(
    private readonly jwksUri: string,
    private readonly stopwatch: Clock,
    private readonly log: Logger,
  ) {}

  /**
   * @param kid as the token's header names it: looked up, never followed
   * @returns undefined when the authorization server has no such key
   * @throws KeysUnavailable
   */
  async find(kid: string): Promise<SigningKey | undefined> {
    if (this.isFresh(kid)) return this.keys.get(kid)
    // However many requests wait for the keys, they are fetched once. What is under way may have begun before this key.
    await this.fetching
    if (!this.isFresh(kid) && (this.toFetch.delete(kid) || this.stopwatch() >= this.fetchNotBefore)) {
      this.fetching ??= this.fetch().finally(() => {
        this.fetching = undefined
      })
      await this.fetching
    }
    const key = this.keys.get(kid)
    if (!key && this.lastFetchFailed) throw new KeysUnavailable('the keys of the authorization server cannot be had')
    return key
  }

  /**
   * The authorization server says which keys there are now. A key that is gone is trusted no more, from this moment on;
   * one that is new is fetched for the first token that names it, whenever the keys were fetched last.
   */
  heard(kids: readonly string[]): void {
    for (const kid of this.keys.keys()) if (!kids.includes(kid)) this.keys.delete(kid)
    this.toFetch = new Set(kids.filter(kid => !this.keys.has(kid) && (this.toFetch.has(kid) || !this.heardOf.has(kid))))
    this.heardOf = new Set(kids)
  }

  private isFresh(kid: string): boolean {
    return this.keys.has(kid) && this.stopwatch() < this.freshUntil
  }

  private async fetch(): Promise<void> {
    const { heardOf } = this
    this.fetchNotBefore = this.stopwatch() + FETCH_AT_MOST_EVERY_MS
    try {
      const response = await fetch(this.jwksUri, {
        signal: AbortSignal.timeout(FETCH_WITHIN_MS),
        headers: { Accept: 'application/json' },
        redirect: 'error',
      })
      if (!response.ok) throw new Error(`it answered with ${response.status}`)
      this.keys = readKeySet(await response.json())
      // What was heard meanwhile is newer than this answer.
      if (this.heardOf !== heardOf) this.heard([...this.heardOf])
      this.lastFetchFailed = false
      this.freshUntil = this.stopwatch() + FRESH_FOR_MS
    } catch (error) {
      this.fetchNotBefore = this.stopwatch() + FETCH_AGAIN_AFTER_FAILURE_MS
      this.lastFetchFailed = true
      this.log.warn({ error, jwksUri: this.jwksUri }, 'the signing keys cannot be had')
    }
  }
}

/**
 * Reads a JWK Set. RFC 7517 §5: a key that is not understood is passed over.
 * @throws Error when it is no key set at all
 */
export function readKeySet(value: unknown): Map<string, SigningKey> {
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
  if (!Array.isArray(keys)) throw new Error('it did not answer with a JWK Set')
  return new Map(keys.map(readKey).filter(key => key !== undefined))
}

function readKey(jwk: JsonWebKey & { kid?: unknown; use?: unknown; alg?: unknown }): [string, SigningKey] | undefined {
  if (typeof jwk !== 'object' || jwk === null || typeof jwk.kid !== 'string') return undefined
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined
  const algorithm = algorithmOf(jwk)
  if (!algorithm || (jwk.alg !== undefined && jwk.alg !== algorithm)) return undefined
  try {
    return [jwk.kid, { algorithm, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }]
  } catch {
    return undefined
  }
}

function algorithmOf({ kty, crv }: JsonWebKey): SigningAlgorithm | undefined {
  if (kty === 'EC' && crv === 'P-256') return 'ES256' // RFC 7518 §3.4
  if (kty === 'RSA') return 'RS256' // RFC 7518 §3.3
  return undefined
}
