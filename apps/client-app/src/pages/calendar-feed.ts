/** What the calendar widget draws: events as JSON, from one moment to another. Its own page asks for it, nobody else. */
import { logRefusal } from '@glasshouse/shared/refusal-log'
import { type Response, Router } from 'express'
import 'express-session'
import { spanOf } from '../calendar/agenda'
import { listEvents } from '../calendar/calendar-client'
import { isAllDay } from '../calendar/event'
import { addDays } from '../calendar/time'
import type { Context } from '../context'
import { NotConnected } from '../oauth/connection'
import * as trips from '../store/trips'
import { timeZoneFor } from '../time-zone'
import { stateOfItem } from '../trips/add-to-calendar'
import { asTrouble, describeTrouble, logTrouble, type Trouble } from './trouble'

/** The widget's own names (FullCalendar). Times are those of the reader's clock, without an offset. */
interface Drawn {
  id: string
  title: string
  start: string
  end: string
  allDay: boolean
  url?: string
  className?: string
}

export function calendarFeed(context: Context): Router {
  const { log } = context
  const router = Router()
  router.get('/', async (request, response) => {
    const range = readRange(request.query.start, request.query.end)
    const { userId } = request.session
    if (!range) {
      logRefusal(log, response.status(400), 'calendar-feed', 'start and end are not two dates in order')
      response.json({ title: 'start and end are missing' })
      return
    }
    if (!userId) return answerTrouble(response, asTrouble(new NotConnected(false)))
    const planned = await plannedItems(context, userId, request.query.trip)
    try {
      const events = await listEvents(context, userId, range)
      const timeZone = timeZoneFor(request, events)
      const drawn = events.map((event): Drawn => {
        const { from, to } = spanOf(event, timeZone)
        const url = `/events/${encodeURIComponent(event.id)}`
        return { id: event.id, title: event.summary, start: from, end: to, allDay: isAllDay(event), url }
      })
      response.json([...drawn, ...planned])
    } catch (error) {
      const trouble = describeTrouble(error)
      if (!trouble) throw error
      answerTrouble(response, trouble, planned)
    }
  })

  function answerTrouble(response: Response, trouble: Trouble, planned: Drawn[] = []): void {
    logTrouble(log, response.status(trouble.status), trouble)
    response.json({ title: trouble.title, detail: trouble.detail, events: planned })
  }

  return router
}

const DATE = /^\d{4}-\d{2}-\d{2}/

/** A day more on either side: the reader's midnight is not everybody's. */
function readRange(start: unknown, end: unknown): { timeMin: string; timeMax: string } | undefined {
  if (typeof start !== 'string' || typeof end !== 'string' || !DATE.test(start) || !DATE.test(end)) return undefined
  if (Number.isNaN(Date.parse(start.slice(0, 10))) || Number.isNaN(Date.parse(end.slice(0, 10)))) return undefined
  if (end.slice(0, 10) < start.slice(0, 10)) return undefined
  return {
    timeMin: `${addDays(start.slice(0, 10), -1)}T00:00:00Z`,
    timeMax: `${addDays(end.slice(0, 10), 1)}T00:00:00Z`,
  }
}

/** What is on a trip and not in the calendar yet, beside what is. */
async function plannedItems(context: Context, userId: string, tripId: unknown): Promise<Drawn[]> {
  const trip = typeof tripId === 'string' ? await trips.find(context.db, userId, tripId) : undefined
  if (!trip) return []
  const items = await trips.itemsOf(context.db, trip.id)
  return items
    .filter(item => stateOfItem(item) === 'new')
    .map(item => ({
      id: item.id,
      title: item.summary,
      start: item.starts_at,
      end: item.ends_at,
      allDay: false,
      className: 'planned',
      url: `/trips/${trip.id}/items/${item.id}`,
    }))
}
