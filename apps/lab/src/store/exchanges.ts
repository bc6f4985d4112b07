/** The table `exchanges`: each HTTP exchange, with both ends as far as they have arrived. */
import { sql } from 'kysely'
import type { Database, ExchangeTable } from './schema'

export function find(db: Database, id: string): Promise<ExchangeTable | undefined> {
  return db.selectFrom('exchanges').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The trace of the oldest exchange of a run: what the Lab does with this trace belongs to the run. */
export async function traceOfRun(db: Database, runId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('exchanges')
    .select('trace_id')
    .where('run_id', '=', runId)
    .orderBy('started_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.trace_id
}

/** The exchanges of a run that are new or have changed. @param version the highest one that is known; 0 for all */
export function changedSince(db: Database, runId: string, version: number): Promise<ExchangeTable[]> {
  return db
    .selectFrom('exchanges')
    .selectAll()
    .where('run_id', '=', runId)
    .where('version', '>', version)
    .orderBy('version')
    .execute()
}

/** Databases limit the parameters of a statement. */
const AT_ONCE = 200

/** @param numbers by the id of the exchange; one that has a number keeps it */
export async function giveNumbers(db: Database, numbers: [id: string, number: number][]): Promise<void> {
  for (let at = 0; at < numbers.length; at += AT_ONCE) {
    const some = numbers.slice(at, at + AT_ONCE)
    const cases = sql.join(
      some.map(([id, number]) => sql`when ${id} then ${sql.lit(number)}`),
      sql` `,
    )
    await db
      .updateTable('exchanges')
      .set({ number: sql<number>`case id ${cases} end` })
      .where(
        'id',
        'in',
        some.map(([id]) => id),
      )
      .where('number', 'is', null)
      .execute()
  }
}

/** The oldest exchange of these runs that mentions a value. */
export async function firstMention(
  db: Database,
  runIds: string[],
  reference: string,
): Promise<Pick<ExchangeTable, 'trace_id' | 'run_id'> | undefined> {
  if (runIds.length === 0) return undefined
  return db
    .selectFrom('exchanges')
    .select(['trace_id', 'run_id'])
    .where('run_id', 'in', runIds)
    .where(eb => eb.or([eb('client_end', 'like', `%${reference}%`), eb('server_end', 'like', `%${reference}%`)]))
    .orderBy('started_at')
    .limit(1)
    .executeTakeFirst()
}

/** The newest exchanges of these runs, oldest first. */
export async function newestOf(db: Database, runIds: string[], limit: number): Promise<ExchangeTable[]> {
  if (runIds.length === 0) return []
  const rows = await db
    .selectFrom('exchanges')
    .selectAll()
    .where('run_id', 'in', runIds)
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.reverse()
}

export async function runOfTrace(db: Database, traceId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('exchanges')
    .select('run_id')
    .where('trace_id', '=', traceId)
    .where('run_id', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row?.run_id ?? undefined
}

/** Stores one end of an exchange, or the second end of one that is known. */
export async function save(db: Database, row: Omit<ExchangeTable, 'number'>): Promise<void> {
  const { id, ...columns } = row
  await db
    .insertInto('exchanges')
    .values(row)
    .onConflict(conflict => conflict.column('id').doUpdateSet(columns))
    .execute()
}

/** Gives all exchanges of a trace their run. @param version their new one @returns the ids of those that had no run */
export async function settleTrace(db: Database, traceId: string, runId: string, version: number): Promise<string[]> {
  const rows = await db
    .updateTable('exchanges')
    .set({ run_id: runId, version })
    .where('trace_id', '=', traceId)
    .where('run_id', 'is', null)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Moves a run's exchanges into another run, where they get new numbers. @param version their new one @returns their ids */
export async function move(db: Database, fromRun: string, toRun: string, version: number): Promise<string[]> {
  const rows = await db
    .updateTable('exchanges')
    .set({ run_id: toRun, number: null, version })
    .where('run_id', '=', fromRun)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Removes the oldest exchanges of a run, so that `keep` remain. @returns how many were removed */
export async function trim(db: Database, runId: string, keep: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('exchanges')
    .where('id', 'in', eb =>
      eb
        .selectFrom('exchanges')
        .select('id')
        .where('run_id', '=', runId)
        .orderBy('started_at', 'desc')
        .orderBy('id')
        .offset(keep)
        .limit(1_000_000),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Exchanges whose cause never arrived. @param before milliseconds since the epoch */
export async function removeOrphans(db: Database, before: number): Promise<void> {
  await db.deleteFrom('exchanges').where('run_id', 'is', null).where('started_at', '<', before).execute()
}
