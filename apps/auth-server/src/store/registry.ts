/**
 * What nearly every request reads and hardly anybody changes: clients, resource servers and signing keys. What was read is
 * remembered with the registry's version, which triggers count up with each change (`migrations/005-registry-version.ts`),
 * and used again while the version is the same. So a change counts in the very next request, also one made by another copy of
 * this server or by hand.
 */
import { lookAtNumber } from '@glasshouse/shared/shared-look'
import type { AuthServerStore, Database } from './schema'

/** A server with more clients remembers those that were read last. */
const MOST_REMEMBERED = 2_000

interface Registry {
  /** Never the number of a change that is not committed yet: it is used again when that change is rolled back. */
  version(): number | Promise<number>
  readonly remembered: Map<string, { version: number; value: unknown }>
}

const registries = new WeakMap<object, Registry>()

/** Without this, as in a command, everything is read anew each time. */
export function openRegistry(store: AuthServerStore): void {
  registries.set(store.db, { version: lookAtNumber(store, 'registry_version'), remembered: new Map() })
}

/**
 * @param db in a transaction, nothing is remembered: it may see changes of its own
 * @param key what is read
 * @param read must read nothing but the tables that are counted; `undefined` is not remembered
 */
export async function remembered<T>(db: Database, key: string, read: () => Promise<T>): Promise<T> {
  const registry = registries.get(db)
  if (!registry) return read()
  const version = await registry.version()
  const known = registry.remembered.get(key)
  if (known?.version === version) return known.value as T
  const value = await read()
  if (value === undefined) return value
  if (registry.remembered.size >= MOST_REMEMBERED) registry.remembered.clear()
  registry.remembered.set(key, { version, value })
  return value
}
