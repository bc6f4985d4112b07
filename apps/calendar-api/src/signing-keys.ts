/** The authorization server's public keys (RFC 7517). They are fetched when an unknown key is needed, or when they are old. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { Clock } from '@glasshouse/shared/clock'
import { reportedFetch } from '@glasshouse/shared/lab-report'
import type { Logger } from '@glasshouse/shared/log'

/** The accepted signing algorithms. All others are refused, above all `none` and HS256. */
export type SigningAlgorithm = 'ES256' | 'RS256'

export interface SigningKey {
  /** The only algorithm for this key (RFC 7517 §4.4). A token that names another one is refused. */
  algorithm: SigningAlgorithm
  publicKey: KeyObject
}

/** The keys could not be fetched. */
export class KeysUnavailable extends Error {}

/** An unknown kid may be new, or invented. The keys are fetched again, but not more often than this. */
const FETCH_AT_MOST_EVERY_MS = 30_000
/** After a failed fetch, the next one may follow sooner. */
const FETCH_AGAIN_AFTER_FAILURE_MS = 1_000
const FETCH_WITHIN_MS = 3_000
/** The longest time for which a removed key is still accepted, even if the news of its removal never arrives. */
const FRESH_FOR_MS = 10 * 60_000

export class SigningKeys {
  private keys = new Map<string, SigningKey>()
  private fetching: Promise<void> | undefined
  private fetchNotBefore = Number.NEGATIVE_INFINITY
  private freshUntil = Number.NEGATIVE_INFINITY
  private lastFetchFailed = true
  /** The keys that the authorization server last announced. */
  private announced: ReadonlySet<string> = new Set()
  /** Those of them that were never fetched. */
  private toFetch = new Set<string>()

  constructor(
    private readonly jwksUri: string,
    private readonly stopwatch: Clock,
    private readonly log: Logger,
  ) {}

  /**
   * @param kid from the token's header. It is only looked up, never used as an address
   * @returns undefined if the authorization server has no such key
   * @throws KeysUnavailable
   */
  async find(kid: string): Promise<SigningKey | undefined> {
    if (this.isFresh(kid)) return this.keys.get(kid)
    // All waiting requests share one fetch. A fetch that is already running may have started before this key existed.
    await this.fetching
    if (!this.isFresh(kid) && (this.toFetch.delete(kid) || this.stopwatch() >= this.fetchNotBefore)) {
      this.fetching ??= this.fetch().finally(() => {
        this.fetching = undefined
      })
      await this.fetching
    }
    const key = this.keys.get(kid)
    if (!key && this.lastFetchFailed)
      throw new KeysUnavailable('the keys of the authorization server cannot be fetched')
    return key
  }

  /**
   * Learns which keys are published now. A removed key is refused from this moment on. A new key is fetched for
   * the first token that names it, however recent the last fetch is.
   */
  update(kids: readonly string[]): void {
    for (const kid of this.keys.keys()) if (!kids.includes(kid)) this.keys.delete(kid)
    this.toFetch = new Set(
      kids.filter(kid => !this.keys.has(kid) && (this.toFetch.has(kid) || !this.announced.has(kid))),
    )
    this.announced = new Set(kids)
  }

  private isFresh(kid: string): boolean {
    return this.keys.has(kid) && this.stopwatch() < this.freshUntil
  }

  private async fetch(): Promise<void> {
    const { announced } = this
    this.fetchNotBefore = this.stopwatch() + FETCH_AT_MOST_EVERY_MS
    try {
      const response = await reportedFetch(this.jwksUri, {
        signal: AbortSignal.timeout(FETCH_WITHIN_MS),
        headers: { Accept: 'application/json' },
        redirect: 'error',
      })
      if (!response.ok) throw new Error(`the server answered with ${response.status}`)
      this.keys = readKeySet(await response.json())
      // News that arrived during the fetch is newer than its answer.
      if (this.announced !== announced) this.update([...this.announced])
      this.lastFetchFailed = false
      this.freshUntil = this.stopwatch() + FRESH_FOR_MS
    } catch (error) {
      this.fetchNotBefore = this.stopwatch() + FETCH_AGAIN_AFTER_FAILURE_MS
      this.lastFetchFailed = true
      this.log.warn(
        { error, jwksUri: this.jwksUri },
        'cannot fetch the signing keys; requests with an unknown key get 503',
      )
    }
  }
}

/**
 * Reads a JWK Set. Keys that are not understood are ignored (RFC 7517 §5).
 * @throws Error if it is not a JWK Set
 */
export function readKeySet(value: unknown): Map<string, SigningKey> {
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
  if (!Array.isArray(keys)) throw new Error('the answer is not a JWK Set')
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
