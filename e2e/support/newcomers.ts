/** New users: a test that starts with one is not affected by what other tests left behind. */
import { randomBytes } from 'node:crypto'
import { openStore } from '@glasshouse/shared/database'
import { migrations } from '../../apps/auth-server/dist/store/migrations'
import type { Schema } from '../../apps/auth-server/dist/store/schema'
import * as users from '../../apps/auth-server/dist/store/users'
import { ALICE } from './people'
import type { Stack } from './stack'

export interface Newcomers {
  /** Adds a user with alice's password: no consents, no events. */
  add(): Promise<typeof ALICE>
  close(): Promise<void>
}

/** Users cannot register, so this writes to the authorization server's store, with its own code. */
export async function openNewcomers({ dataDir, database }: Stack): Promise<Newcomers> {
  const location = { service: 'auth-server', dataDir, databaseUrl: database?.url }
  const store = await openStore<Schema>(location, migrations)
  const alice = await users.findByUsername(store.db, ALICE.username)
  if (!alice) throw new Error('the user alice does not exist')
  return {
    async add() {
      const mark = randomBytes(6).toString('hex')
      const person = { ...ALICE, username: `alice-${mark}` }
      await users.add(store.db, { id: `usr_${mark}`, username: person.username, name: person.name }, alice.passwordHash)
      return person
    },
    close: () => store.close(),
  }
}
