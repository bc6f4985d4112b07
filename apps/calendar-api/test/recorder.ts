/** Records every query of a store, to count them and to ask the engine how it runs them. */
import {
  CompiledQuery,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  SqliteAdapter,
} from 'kysely'
import type { Database } from '../src/store/schema'

export class Recorder implements KyselyPlugin {
  private readonly built = new WeakMap<object, PluginTransformQueryArgs>()
  private executed: PluginTransformQueryArgs[] = []

  transformQuery(query: PluginTransformQueryArgs) {
    this.built.set(query.queryId, query)
    return query.node
  }

  async transformResult({ queryId, result }: PluginTransformResultArgs) {
    const query = this.built.get(queryId)
    if (query) this.executed.push(query)
    return result
  }

  /** @returns the queries since the last call */
  take(): PluginTransformQueryArgs[] {
    return this.executed.splice(0)
  }
}

export function isSqlite(db: Database): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

/** @returns how the engine runs a recorded query: on SQLite a line for each step, on PostgreSQL several for each node */
export async function planOf(db: Database, { node, queryId }: PluginTransformQueryArgs): Promise<string[]> {
  const { sql, parameters } = db.getExecutor().compileQuery(node, queryId)
  const explain = isSqlite(db) ? 'explain query plan' : 'explain (analyze, costs off, timing off, summary off)'
  const { rows } = await db.executeQuery(CompiledQuery.raw(`${explain} ${sql}`, [...parameters]))
  return (rows as Record<string, unknown>[]).map(row => String(row.detail ?? row['QUERY PLAN']))
}
