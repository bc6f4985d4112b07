/** The secret addresses of calendars. A calendar has at most one. */
import { type About, NEW_ABOUT } from '../calendar/calendar'
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

/** @returns the calendar whose feed has this secret, and the number of its last change */
export async function calendarOfFeed(db: Database, secretHash: string) {
  const row = await db
    .selectFrom('feeds')
    .leftJoin('calendars', 'calendars.id', 'feeds.calendar')
    .select(['calendar', 'about', 'last_change'])
    .where('secret_hash', '=', secretHash)
    .where('deleted_ms', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const { summary }: About = row.about === null ? NEW_ABOUT : JSON.parse(row.about)
  // A primary calendar without changes may have no row.
  return { calendar: row.calendar, name: summary, lastChange: row.last_change ?? 0 }
}

/** @returns whether there was one */
export async function removeFeed(db: Database, calendar: string): Promise<boolean> {
  const row = await db.deleteFrom('feeds').where('calendar', '=', calendar).returning('calendar').executeTakeFirst()
  return row !== undefined
}
