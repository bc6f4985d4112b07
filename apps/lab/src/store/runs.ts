/** The tables `runs` and `follows`: whose runs there are, and who may see them. */
import type { Database, RunTable } from './schema'

export function find(db: Database, id: string): Promise<RunTable | undefined> {
  return db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The newest run of a browser, of a program, or of the background. */
export function newest(
  db: Database,
  whose: Pick<RunTable, 'kind' | 'browser' | 'client'>,
): Promise<RunTable | undefined> {
  return db
    .selectFrom('runs')
    .selectAll()
    .where('kind', '=', whose.kind)
    .where('browser', whose.browser === null ? 'is' : '=', whose.browser)
    .where('client', whose.client === null ? 'is' : '=', whose.client)
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

export async function add(db: Database, run: RunTable): Promise<void> {
  await db.insertInto('runs').values(run).execute()
}

/** Gives the runs of one browser to another. */
export async function handOver(db: Database, from: string, to: string): Promise<void> {
  await db.updateTable('runs').set({ browser: to }).where('browser', '=', from).execute()
}

export async function touch(db: Database, id: string, at: number): Promise<void> {
  await db.updateTable('runs').set({ last_at: at }).where('id', '=', id).where('last_at', '<', at).execute()
}

/** The ids of a browser's own runs, without those of programs. */
export async function ownedBy(db: Database, browser: string): Promise<string[]> {
  const rows = await db.selectFrom('runs').select('id').where('browser', '=', browser).execute()
  return rows.map(({ id }) => id)
}

/** The runs of a browser and of the programs it follows, newest first, with the number of their exchanges. */
export function visibleTo(db: Database, browser: string): Promise<(RunTable & { messages: number })[]> {
  return db
    .selectFrom('runs')
    .selectAll('runs')
    .select(eb =>
      eb
        .selectFrom('exchanges')
        .select(count => count.fn.countAll<number>().as('count'))
        .whereRef('exchanges.run_id', '=', 'runs.id')
        .as('messages'),
    )
    .where(eb =>
      eb.or([
        eb('browser', '=', browser),
        eb.and([
          eb('kind', '=', 'program'),
          eb('client', 'in', eb.selectFrom('follows').select('client').where('browser', '=', browser)),
        ]),
      ]),
    )
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .execute() as Promise<(RunTable & { messages: number })[]>
}

export async function follow(db: Database, browser: string, client: string): Promise<void> {
  await db
    .insertInto('follows')
    .values({ browser, client })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

export async function follows(db: Database, browser: string, client: string): Promise<boolean> {
  const row = await db
    .selectFrom('follows')
    .select('client')
    .where('browser', '=', browser)
    .where('client', '=', client)
    .executeTakeFirst()
  return row !== undefined
}

/** @returns the ids of all runs but the newest `keep` */
export async function beyond(db: Database, keep: number): Promise<string[]> {
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .orderBy('last_at', 'desc')
    .offset(keep)
    .limit(1_000_000)
    .execute()
  return rows.map(({ id }) => id)
}

export async function remove(db: Database, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await db.deleteFrom('exchanges').where('run_id', 'in', ids).execute()
  await db.deleteFrom('runs').where('id', 'in', ids).execute()
}
