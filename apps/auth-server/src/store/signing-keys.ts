/** The signing keys, as PKCS #8 PEM. */
import type { SigningAlgorithm } from '../config'
import type { Database } from './schema'

export interface StoredSigningKey {
  kid: string
  algorithm: SigningAlgorithm
  privateKeyPem: string
  /** Seconds since the epoch. */
  createdAt: number
}

/** The newest first. */
export async function list(db: Database): Promise<StoredSigningKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid').execute()
  return rows.map(row => ({
    kid: row.kid,
    algorithm: row.algorithm as SigningAlgorithm,
    privateKeyPem: row.private_key_pem,
    createdAt: row.created_at,
  }))
}

export async function add(db: Database, key: StoredSigningKey): Promise<void> {
  await db
    .insertInto('signing_keys')
    .values({ kid: key.kid, algorithm: key.algorithm, private_key_pem: key.privateKeyPem, created_at: key.createdAt })
    .execute()
}
