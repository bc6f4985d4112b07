/** The signing keys, as PKCS #8 PEM, in the sequence in which they replace each other. */
import type { SigningAlgorithm } from '../config'
import { remembered } from './registry'
import type { Database } from './schema'

/** Times in seconds since the epoch. */
export interface StoredSigningKey {
  kid: string
  algorithm: SigningAlgorithm
  privateKeyPem: string
  createdAt: number
  /** Its number in the sequence, from 1. */
  generation: number
  /** When it starts to sign. It signs until the next key starts. */
  signsFrom: number
  /** The longest lifetime of the tokens it has signed, in seconds. */
  tokenTtl: number
}

/** All keys, newest first. */
export function list(db: Database): Promise<readonly StoredSigningKey[]> {
  return remembered(db, 'signing keys', async () => {
    const rows = await db.selectFrom('signing_keys').selectAll().orderBy('generation', 'desc').execute()
    return rows.map(row => ({
      kid: row.kid,
      algorithm: row.algorithm as SigningAlgorithm,
      privateKeyPem: row.private_key_pem,
      createdAt: row.created_at,
      generation: row.generation,
      signsFrom: row.signs_from,
      tokenTtl: row.token_ttl,
    }))
  })
}

/** Adds a key unless its number is taken. @returns true for exactly one of several copies that add it at the same moment */
export async function add(db: Database, key: StoredSigningKey): Promise<boolean> {
  const row = await db
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      algorithm: key.algorithm,
      private_key_pem: key.privateKeyPem,
      created_at: key.createdAt,
      generation: key.generation,
      signs_from: key.signsFrom,
      token_ttl: key.tokenTtl,
    })
    .onConflict(conflict => conflict.column('generation').doNothing())
    .returning('kid')
    .executeTakeFirst()
  return row !== undefined
}

/** Records that the key signs tokens with this lifetime, in seconds. */
export async function noteTokenTtl(db: Database, kid: string, tokenTtl: number): Promise<void> {
  await db
    .updateTable('signing_keys')
    .set({ token_ttl: tokenTtl })
    .where('kid', '=', kid)
    .where('token_ttl', '<', tokenTtl)
    .execute()
}

export async function remove(db: Database, kid: string): Promise<void> {
  await db.deleteFrom('signing_keys').where('kid', '=', kid).execute()
}
