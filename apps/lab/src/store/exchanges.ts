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

/** What is needed to tell which exchanges of a run a reader has to read again. */
export function outlineOf(db: Database, runId: string): Promise<Pick<ExchangeTable, 'id' | 'version' | 'number'>[]> {
  return db.selectFrom('exchanges').select(['id', 'version', 'number']).where('run_id', '=', runId).execute()
}

export async function withIds(db: Database, ids: string[]): Promise<ExchangeTable[]> {
  const rows: ExchangeTable[] = []
  for (let at = 0; at < ids.length; at += PARAMETERS_AT_ONCE) {
    const some = ids.slice(at, at + PARAMETERS_AT_ONCE)
    rows.push(...(await db.selectFrom('exchanges').selectAll().where('id', 'in', some).execute()))
  }
  return rows
}

/** Databases limit the parameters of a query. */
const PARAMETERS_AT_ONCE = 500

/** Gives these exchanges their numbers. One that has a number keeps it. @param first the number of the first one */
export async function giveNumbers(db: Database, ids: string[], first: number): Promise<void> {
  await db.transaction().execute(async transaction => {
    for (const [index, id] of ids.entries()) {
      await transaction
        .updateTable('exchanges')
        .set({ number: first + index })
        .where('id', '=', id)
        .where('number', 'is', null)
        .execute()
    }
  })
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

/** Gives all exchanges of a trace their run. @returns the ids of those that had none */
export async function settleTrace(db: Database, traceId: string, runId: string): Promise<string[]> {
  const rows = await db
    .updateTable('exchanges')
    .set({ run_id: runId })
    .where('trace_id', '=', traceId)
    .where('run_id', 'is', null)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Removes the oldest exchanges of a run, so that `keep` remain. */
export async function trim(db: Database, runId: string, keep: number): Promise<void> {
  await db
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
    .execute()
}

/** Exchanges whose cause never arrived. @param before milliseconds since the epoch */
export async function removeOrphans(db: Database, before: number): Promise<void> {
  await db.deleteFrom('exchanges').where('run_id', 'is', null).where('started_at', '<', before).execute()
}
