/** The users who can sign in. */
import { compiledOnce } from '@glasshouse/shared/compiled-once'
import type { Database } from './schema'

export interface ResourceOwner {
  id: string
  username: string
  name: string
}

export async function findByUsername(db: Database, username: string) {
  const row = await db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst()
  return row && { resourceOwner: toResourceOwner(row), passwordHash: row.password_hash }
}

const select = compiledOnce((db: Database, user: { id: string }) =>
  db.selectFrom('users').selectAll().where('id', '=', user.id),
)

export async function find(db: Database, id: string): Promise<ResourceOwner | undefined> {
  const [row] = await select(db, { id })
  return row && toResourceOwner(row)
}

/** Adds a user, unless the id or the name already exists. */
export async function add(db: Database, resourceOwner: ResourceOwner, passwordHash: string): Promise<void> {
  await db
    .insertInto('users')
    .values({ ...resourceOwner, password_hash: passwordHash })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

function toResourceOwner({ id, username, name }: ResourceOwner): ResourceOwner {
  return { id, username, name }
}
