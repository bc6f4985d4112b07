/** Events at Google's addresses, with the members that its clients expect. */
import type { Request } from 'express'
import type { Calendar } from '../../calendar/calendar'
import { formatDeleted, formatEvent } from '../../calendar/event'
import { noSuchCalendar } from '../../problem'
import * as calendars from '../../store/calendars'
import { lastUpdate } from '../../store/changes'
import type { Database } from '../../store/schema'
import type { Door } from '../doors'

export function googleDoor(db: Database): Door {
  return {
    calendarOf: (request, owner) => calendarIn(request, db, owner),
    formatEvent: event => ({ kind: 'calendar#event', ...formatEvent(event) }),
    formatDeleted: id => ({ kind: 'calendar#event', ...formatDeleted(id) }),
    async formatList(calendar, list) {
      const { summary, description, timeZone } = calendar.about
      return {
        kind: 'calendar#events',
        etag: listTag(calendar),
        summary,
        description,
        updated: new Date(await lastUpdate(db, calendar.id)).toISOString(),
        timeZone,
        accessRole: 'owner',
        defaultReminders: [],
        ...list,
      }
    },
    // Google answers 200, without Location.
    created: () => {},
  }
}

/** @returns the calendar that `calendarId` in the address names. @throws Problem 404 */
export async function calendarIn({ params }: Request, db: Database, owner: string): Promise<Calendar> {
  const { calendarId } = params
  const found = await calendars.find(db, owner, calendarId === 'primary' ? owner : String(calendarId))
  if (!found) throw noSuchCalendar()
  return found
}

function listTag({ etag, lastChange }: Calendar): string {
  return `"${etag.slice(1, -1)}.${lastChange}"`
}
