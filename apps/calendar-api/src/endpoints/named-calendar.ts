/** Which of the user's calendars a request means: the parameter `calendarId` names it, and without it, it is the primary one. */
import type { Request } from 'express'
import type { Calendar } from '../calendar/calendar'
import { invalid, noSuchCalendar } from '../problem'
import { queryOf } from '../request-target'
import * as calendars from '../store/calendars'
import type { Database } from '../store/schema'

/** @throws Problem 404 if the owner has no such calendar */
export async function namedCalendar({ url }: Pick<Request, 'url'>, db: Database, owner: string): Promise<Calendar> {
  const [id = 'primary', ...others] = queryOf(url).getAll('calendarId')
  if (others.length > 0) throw invalid({ parameter: 'calendarId' }, 'must not be repeated')
  const found = await calendars.find(db, owner, id === 'primary' ? owner : id)
  if (!found) throw noSuchCalendar()
  return found
}
