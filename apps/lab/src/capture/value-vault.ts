/**
 * Every secret value that passed by: what kind it is, and whether it still opens something. The store holds a value that
 * still opens something only encrypted, with a key that is made at each start and never written down. After a restart such a
 * value stays masked for good, unless it passes by once more.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@glasshouse/shared/clock'
import { seal, unseal } from '@glasshouse/shared/seal'
import type { Database, SecretValueTable, ValueKind } from '../store/schema'
import * as secretValues from '../store/secret-values'
import { type ReadJwt, readJwt } from './jwt'
import { isSpent, tailOf } from './masking'
import type { FoundValue } from './secret-names'

/** Milliseconds after which a value of this kind opens nothing, whatever happened to it. */
const LIFETIME_MS: Partial<Record<ValueKind, number>> = {
  code: 600_000, // RFC 6749 §4.1.2: at most 10 minutes
  code_verifier: 600_000,
  state: 24 * 60 * 60_000,
}
/** The calendar allows for clocks that differ a little. */
const AFTER_EXPIRY_MS = 60_000

/** Values that are remembered. */
const KEPT = 20_000

/** Shorter values are not random enough to be secrets, and would be found in every text. */
const SHORTEST = 8

/** Runs of characters that may be a token, wherever they stand. */
const CANDIDATES = /[\w.~+/%-]{20,}={0,2}/g

export class ValueVault {
  private readonly key = randomBytes(32)

  private constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly known: Map<string, SecretValueTable>,
  ) {}

  static async open(db: Database, clock: Clock): Promise<ValueVault> {
    const rows = await secretValues.all(db)
    return new ValueVault(db, clock, new Map(rows.map(row => [row.id, row])))
  }

  /**
   * Takes note of values that passed by.
   * @param belongsTo the grant of a token, the challenge of a verifier
   * @returns their ids
   */
  async take(found: FoundValue[], belongsTo?: string): Promise<{ id: string; value: string }[]> {
    const taken: { id: string; value: string }[] = []
    for (const { kind, value } of found) {
      if (value.length < SHORTEST) continue
      const id = idOf(value)
      taken.push({ id, value })
      const row = this.known.get(id)
      if (!row) await this.add(id, kind, value, belongsTo)
      else await this.complete(row, value, belongsTo)
    }
    return taken
  }

  /** Takes note of a value that stays masked for good, such as a changed copy of a token, which has the token's signature. */
  async takeForGood(value: string): Promise<void> {
    const id = idOf(value)
    if (!this.known.has(id)) await this.add(id, 'unknown', value, undefined)
  }

  /** Values known from before, in a place where nobody would look for them. */
  knownIn(text: string): { id: string; value: string }[] {
    const candidates = new Set(text.match(CANDIDATES) ?? [])
    return [...candidates].map(value => ({ id: idOf(value), value })).filter(({ id }) => this.known.has(id))
  }

  get(id: string): SecretValueTable | undefined {
    const row = this.known.get(id)
    if (row && row.plain === null && isSpent(row, this.clock())) row.plain = this.open(row)
    return row
  }

  /** The ids of values that belong together: a verifier and its challenge, a token and its `jti` and `kid`. */
  related(id: string): string[] {
    const row = this.known.get(id)
    if (row?.kind === 'code_verifier' && row.belongs_to !== null) return [idOf(row.belongs_to)]
    const { header, claims } = row?.claims ? (JSON.parse(row.claims) as ReadJwt) : { header: {}, claims: {} }
    return [claims.jti, header.kid].filter(one => typeof one === 'string').map(idOf)
  }

  /** For the Lab's own calls on a learner's behalf. It never reaches a page. */
  reveal(id: string): string | undefined {
    const row = this.known.get(id)
    return row ? (row.plain ?? this.open(row) ?? undefined) : undefined
  }

  /** @param why in a few words, for people */
  async spend(value: string, why: string): Promise<void> {
    const row = this.known.get(idOf(value))
    if (row && row.spent_at === null && !mayBeForged(row)) await this.end(row, why)
  }

  /** Ends a token by its `jti`, or every token of a grant. */
  async spendTokens(jtiOrGrant: string, why: string): Promise<void> {
    for (const row of this.known.values()) {
      const concerned = row.belongs_to === jtiOrGrant || readClaims(row)?.jti === jtiOrGrant
      if (concerned && row.spent_at === null && isToken(row.kind) && !mayBeForged(row)) await this.end(row, why)
    }
  }

  /** Forgets the oldest values. Messages that still mention one show it masked. */
  async trim(): Promise<void> {
    const ids = [...this.known.keys()].slice(0, Math.max(0, this.known.size - KEPT))
    for (const id of ids) this.known.delete(id)
    await secretValues.remove(this.db, ids)
  }

  private async end(row: SecretValueTable, why: string): Promise<void> {
    Object.assign(row, { plain: row.plain ?? this.open(row), sealed: null, spent_at: this.clock(), spent_why: why })
    await secretValues.update(this.db, row)
  }

  private async add(id: string, kind: ValueKind, value: string, belongsTo: string | undefined): Promise<void> {
    const jwt = kind === 'access_token' ? readJwt(value) : undefined
    const row: SecretValueTable = {
      id,
      kind,
      tail: tailOf(value),
      length: value.length,
      sealed: seal(this.key, value, id),
      plain: null,
      claims: jwt ? JSON.stringify(jwt) : null,
      first_seen_at: this.clock(),
      expires_at: expiryOf(kind, belongsTo === undefined ? undefined : jwt?.claims.exp, this.clock()),
      spent_at: null,
      spent_why: null,
      belongs_to: belongsTo ?? (kind === 'code_verifier' ? challengeOf(value) : null),
    }
    this.known.set(id, row)
    await secretValues.add(this.db, row)
  }

  /** A value that is seen again: after a restart, or after it was spent, its text is known once more. */
  private async complete(row: SecretValueTable, value: string, belongsTo: string | undefined): Promise<void> {
    const spent = isSpent(row, this.clock())
    const lacksText = row.plain === null && (spent || this.open(row) === null)
    const lacksGrant = belongsTo !== undefined && row.belongs_to === null
    if (!lacksText && !lacksGrant) return
    if (lacksText)
      Object.assign(row, spent ? { plain: value, sealed: null } : { sealed: seal(this.key, value, row.id) })
    if (lacksGrant) {
      row.belongs_to = belongsTo
      row.expires_at = expiryOf(row.kind, readClaims(row)?.exp, this.clock())
    }
    await secretValues.update(this.db, row)
  }

  private open(row: SecretValueTable): string | null {
    return (row.sealed && unseal(this.key, row.sealed, row.id)) || null
  }
}

/** RFC 7636 §4.2 */
export function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url')
}

export function idOf(value: string): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, 16)
}

/**
 * A token that no token response has brought: anybody may have written it, perhaps around the signature of a good one. So
 * neither its own `exp` nor its `jti` is believed, and it stays masked.
 */
function mayBeForged({ kind, belongs_to }: SecretValueTable): boolean {
  return (kind === 'access_token' || kind === 'unknown') && belongs_to === null
}

function isToken(kind: ValueKind): boolean {
  return kind === 'access_token' || kind === 'refresh_token'
}

function expiryOf(kind: ValueKind, exp: unknown, now: number): number | null {
  if (typeof exp === 'number' && Number.isFinite(exp)) return exp * 1000 + AFTER_EXPIRY_MS
  const lifetime = LIFETIME_MS[kind]
  return lifetime === undefined ? null : now + lifetime
}

function readClaims(row: SecretValueTable): Record<string, unknown> | undefined {
  return row.claims === null ? undefined : JSON.parse(row.claims).claims
}
