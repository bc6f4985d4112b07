/** Which queries a test's requests run, to count them and to ask the engine how it runs them. */
import { type Statement, statementsOf } from '@glasshouse/shared/testing/statements'
import { CompiledQuery, SqliteAdapter } from 'kysely'
import type { Database } from '../src/store/schema'

/** @param act nothing else may use a store meanwhile @returns every query that ran, in order, without `begin` and `commit` */
export async function queriesOf(act: () => Promise<unknown>): Promise<Statement[]> {
  return (await statementsOf(act)).filter(({ sql }) => !/^(begin|commit|rollback)\b/i.test(sql))
}

export function isSqlite(db: Database): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

/** @returns how the engine runs each of these queries: on SQLite a line for each step, on PostgreSQL several for each node */
export async function plansOf(db: Database, queries: Statement[]): Promise<string[][]> {
  const explain = isSqlite(db) ? 'explain query plan' : 'explain (analyze, costs off, timing off, summary off)'
  const plans: string[][] = []
  for (const { sql, values } of queries) {
    const { rows } = await db.executeQuery(CompiledQuery.raw(`${explain} ${sql}`, values))
    plans.push((rows as Record<string, unknown>[]).map(row => String(row.detail ?? row['QUERY PLAN'])))
  }
  return plans
}
