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
export async function replaceFeed(db: Database, owner: string, feed: Feed, secretHash: string): Promise<void> {
  const { calendar, created, clientId } = feed
  // A primary calendar without changes may have no row yet. Any other without a row was deleted, and its feed opens nothing.
  if (calendar === owner) {
    const row = { id: calendar, owner, last_change: 0 }
    await db
      .insertInto('calendars')
      .values(row)
      .onConflict(conflict => conflict.doNothing())
      .execute()
  }
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
    .innerJoin('calendars', 'calendars.id', 'feeds.calendar')
    .select(['calendar', 'about', 'last_change'])
    .where('secret_hash', '=', secretHash)
    .where('deleted_ms', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const { summary }: About = row.about === null ? NEW_ABOUT : JSON.parse(row.about)
  return { calendar: row.calendar, name: summary, lastChange: row.last_change }
}

/** @returns whether there was one */
export async function removeFeed(db: Database, calendar: string): Promise<boolean> {
  const row = await db.deleteFrom('feeds').where('calendar', '=', calendar).returning('calendar').executeTakeFirst()
  return row !== undefined
}
