/** The start page: connect, then the calendar with a form to add to it, and the seven steps as they happened. */
import { seconds } from '@glasshouse/shared/clock'
import { showMessage, showStep } from '@glasshouse/shared/see-through'
import { type Request, Router } from 'express'
import 'express-session'
import { type Agenda, readAgenda } from '../calendar/agenda'
import { listEvents } from '../calendar/calendar-client'
import type { CalendarEvent } from '../calendar/event'
import { type EventFields, emptyFields } from '../calendar/event-form'
import type { Context } from '../context'
import { type ConnectionState, stateOf } from '../oauth/connection'
import { takeDraft, takeNotice } from '../session'
import * as trips from '../store/trips'
import { TIME_ZONES, timeZoneFor } from '../time-zone'
import { newEventId } from '../trips/add-to-calendar'
import { ITINERARIES } from '../trips/itineraries'
import { readLadder } from './ladder'
import { asTrouble, isTrouble, type Trouble } from './trouble'

const DAY_MS = 24 * 60 * 60 * 1000
/** What the start page shows of a calendar: from a year back to ten ahead. */
const SHOWN_MS = { before: 366 * DAY_MS, after: 3_660 * DAY_MS }

export function homePage(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const { userId } = request.session
    const calendar = userId ? await readCalendar(context, userId) : NOBODYS
    const timeZone = timeZoneFor(request, calendar.events)
    const rungs = await readLadder(context, userId)
    showStep(response, calendar.state.is === 'connected' ? 6 : 1)
    for (const message of rungs[5]?.messages ?? []) if (calendar.events.length > 0) showMessage(response, message)
    response.render('home', {
      notice: takeNotice(request),
      connection: connectionFacts(calendar.state, seconds(context.clock)),
      trouble: calendar.trouble,
      agenda: agendaOf(calendar, context.clock(), timeZone),
      form: formOf(request, context.clock(), timeZone),
      timeZone,
      timeZones: TIME_ZONES,
      trips: userId ? await trips.listOf(context.db, userId) : [],
      itineraries: ITINERARIES,
      rungs,
    })
  })
  return router
}

interface Calendar {
  state: ConnectionState
  events: CalendarEvent[]
  trouble: Trouble | undefined
}

const NOBODYS: Calendar = { state: { is: 'none' }, events: [], trouble: undefined }

async function readCalendar(context: Context, userId: string): Promise<Calendar> {
  const before = await stateOf(context, userId)
  if (before.is !== 'connected' || !before.canRead) return { state: before, events: [], trouble: undefined }
  const now = context.clock()
  const events = await listEvents(context, userId, {
    timeMin: new Date(now - SHOWN_MS.before).toISOString(),
    timeMax: new Date(now + SHOWN_MS.after).toISOString(),
  }).catch(asTrouble)
  // The call may have found out that the connection is over, or have refreshed it.
  const state = await stateOf(context, userId)
  return isTrouble(events) ? { state, events: [], trouble: events } : { state, events, trouble: undefined }
}

function agendaOf({ state, events, trouble }: Calendar, now: number, timeZone: string): Agenda | undefined {
  if (state.is !== 'connected' || !state.canRead || trouble) return undefined
  return readAgenda(events, now, timeZone)
}

/** A form that could not be sent before the calendar was connected, or an empty one. */
function formOf(request: Request, now: number, timeZone: string): { id: string; fields: EventFields } {
  const draft = takeDraft(request, '/')
  const fields = { ...emptyFields(now, timeZone), ...draft }
  return { id: draft?.id || newEventId(), fields }
}

function connectionFacts(state: ConnectionState, now: number) {
  if (state.is !== 'connected') return state
  return {
    ...state,
    since: new Date(state.connectedAt * 1000).toISOString(),
    minutesLeft: Math.max(0, Math.round((state.expiresAt - now) / 60)),
  }
}
