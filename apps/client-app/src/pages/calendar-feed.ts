/** The calendar widget's feed: the events in a range of time, as JSON. Only the widget's own page requests it. */
import { logRefusal } from '@glasshouse/shared/refusal-log'
import { type Response, Router } from 'express'
import 'express-session'
import { spanOf } from '../calendar/agenda'
import { listEvents } from '../calendar/calendar-client'
import { type CalendarEvent, isAllDay } from '../calendar/event'
import { addDays } from '../calendar/time'
import type { Context } from '../context'
import { NotConnected } from '../oauth/connection'
import * as trips from '../store/trips'
import { timeZoneFor } from '../time-zone'
import { stateOfItem } from '../trips/add-to-calendar'
import { eventOf } from '../trips/trip'
import { asTrouble, describeTrouble, logTrouble, type Trouble } from './trouble'

/** The widget's own names (FullCalendar). Times are in the page's time zone, without an offset. */
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
      logRefusal(log, response.status(400), 'calendar-feed', 'start and end are not dates, or end is before start')
      response.json({ title: 'start and end must be dates, with end not before start' })
      return
    }
    if (!userId) return answerTrouble(response, asTrouble(new NotConnected(false)))
    const { trip: tripId } = request.query
    const trip = typeof tripId === 'string' ? await trips.find(context.db, userId, tripId) : undefined
    const planned = trip ? await plannedItems(context, trip) : []
    try {
      const { events, unreadable, more } = await listEvents(context, userId, range)
      // A page uses one time zone; a trip's page uses the trip's.
      const timeZone = trip?.time_zone ?? timeZoneFor(request, events)
      const drawn = [...events.map(event => draw(event, timeZone)), ...planned]
      response.json(more || unreadable > 0 ? { ...PARTLY, events: drawn } : drawn)
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

const PARTLY = { title: 'Some events are not shown', detail: 'See “All events” for the full list.' }

const DATE = /^\d{4}-\d{2}-\d{2}/

/** One more day on either side, because midnight is at another time in other zones. */
function readRange(start: unknown, end: unknown): { timeMin: string; timeMax: string } | undefined {
  if (typeof start !== 'string' || typeof end !== 'string' || !DATE.test(start) || !DATE.test(end)) return undefined
  if (Number.isNaN(Date.parse(start.slice(0, 10))) || Number.isNaN(Date.parse(end.slice(0, 10)))) return undefined
  if (end.slice(0, 10) < start.slice(0, 10)) return undefined
  return {
    timeMin: `${addDays(start.slice(0, 10), -1)}T00:00:00Z`,
    timeMax: `${addDays(end.slice(0, 10), 1)}T00:00:00Z`,
  }
}

function draw(event: CalendarEvent, timeZone: string): Drawn {
  const { from, to } = spanOf(event, timeZone)
  const url = `/events/${encodeURIComponent(event.id)}`
  return { id: event.id, title: event.summary, start: from, end: to, allDay: isAllDay(event), url }
}

/** The activities of a trip that are not in the calendar yet, in the same time zone as the events. */
async function plannedItems(context: Context, trip: trips.TripRow): Promise<Drawn[]> {
  const items = await trips.itemsOf(context.db, trip.id)
  return items
    .filter(item => stateOfItem(item) === 'new')
    .map(item => {
      const { from, to } = spanOf(eventOf(item), trip.time_zone)
      const url = `/trips/${trip.id}/items/${item.id}`
      return { id: item.id, title: item.summary, start: from, end: to, allDay: false, className: 'planned', url }
    })
}
