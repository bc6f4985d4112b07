/** The journal of HTTP messages behind the ladder. Only the newest few of each step are kept. */
import { randomUUID } from 'node:crypto'
import type { Database } from './schema'

const KEPT_PER_STEP = 3

export interface Exchange {
  step: number
  content: string
  atMs: number
}

export async function add(db: Database, userId: string, exchange: Exchange): Promise<void> {
  await db
    .insertInto('exchanges')
    .values({
      id: randomUUID(),
      user_id: userId,
      step: exchange.step,
      content: exchange.content,
      at_ms: exchange.atMs,
    })
    .execute()
  const kept = db
    .selectFrom('exchanges')
    .select('id')
    .where('user_id', '=', userId)
    .where('step', '=', exchange.step)
    .orderBy('at_ms', 'desc')
    .limit(KEPT_PER_STEP)
  await db
    .deleteFrom('exchanges')
    .where('user_id', '=', userId)
    .where('step', '=', exchange.step)
    .where('id', 'not in', kept)
    .execute()
}

/** Everything kept for this user, the newest first. */
export async function listOf(db: Database, userId: string): Promise<Exchange[]> {
  const rows = await db
    .selectFrom('exchanges')
    .select(['step', 'content', 'at_ms'])
    .where('user_id', '=', userId)
    .orderBy('at_ms', 'desc')
    .execute()
  return rows.map(row => ({ step: row.step, content: row.content, atMs: row.at_ms }))
}

/** Starts the ladder again, from its first rung. */
export async function clear(db: Database, userId: string): Promise<void> {
  await db.deleteFrom('exchanges').where('user_id', '=', userId).execute()
}
