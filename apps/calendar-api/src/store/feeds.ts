/** The secret addresses of calendars. A calendar has at most one. */
import type { Database } from './schema'

export interface Feed {
  calendar: string
  /** Milliseconds since 1970. */
  created: number
  /** The client that asked for it. */
  clientId: string
}

/** Replaces the calendar's feed: the secret that it had opens nothing from now on. */
export async function replaceFeed(db: Database, feed: Feed, secretHash: string): Promise<void> {
  const { calendar, created, clientId } = feed
  const values = { secret_hash: secretHash, created_ms: created, client_id: clientId }
  await db
    .insertInto('feeds')
    .values({ calendar, ...values })
    .onConflict(conflict => conflict.column('calendar').doUpdateSet(values))
    .execute()
}

export async function feedOf(db: Database, calendar: string): Promise<Feed | undefined> {
  const row = await db.selectFrom('feeds').selectAll().where('calendar', '=', calendar).executeTakeFirst()
  return row && { calendar, created: row.created_ms, clientId: row.client_id }
}

/** @returns the calendar whose feed has this secret */
export async function calendarOfFeed(db: Database, secretHash: string): Promise<string | undefined> {
  const row = await db.selectFrom('feeds').select('calendar').where('secret_hash', '=', secretHash).executeTakeFirst()
  return row?.calendar
}

/** @returns whether there was one */
export async function removeFeed(db: Database, calendar: string): Promise<boolean> {
  const row = await db.deleteFrom('feeds').where('calendar', '=', calendar).returning('calendar').executeTakeFirst()
  return row !== undefined
}
