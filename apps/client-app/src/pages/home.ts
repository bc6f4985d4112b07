/** The start page: connect, then the calendar with a form to add to it. */
import { seconds } from '@glasshouse/shared/clock'
import { type Request, Router } from 'express'
import 'express-session'
import { readAgenda } from '../calendar/agenda'
import { type EventList, listEvents } from '../calendar/calendar-client'
import type { CalendarEvent } from '../calendar/event'
import { type EventFields, emptyFields } from '../calendar/event-form'
import { addDays, toLocal } from '../calendar/time'
import type { Context } from '../context'
import { type ConnectionState, stateOf } from '../oauth/connection'
import { takeDraft, takeNotice } from '../session'
import * as trips from '../store/trips'
import { TIME_ZONES, timeZoneFor } from '../time-zone'
import { newEventId } from '../trips/add-to-calendar'
import { ITINERARIES } from '../trips/itineraries'
import { asTrouble, isTrouble, type Trouble } from './trouble'

const DAY_MS = 24 * 60 * 60 * 1000
/** How far back the start page looks. Coming events are requested separately, so that past ones cannot displace them. */
const PAST_DAYS = 366
/** Coming events are sorted by start. The first page of them is shown here, the rest on a page of its own. */
const PAGES_AHEAD = 1
/** How many events are shown under "Later" and "Earlier". */
const MOST_ROWS = { later: 200, earlier: 50 }

export function homePage(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const { userId } = request.session
    const calendar = userId ? await readCalendar(context, userId) : NOBODYS
    const timeZone = timeZoneFor(request, calendar.events)
    response.render('home', {
      notice: takeNotice(request),
      connection: connectionFacts(calendar.state, seconds(context.clock)),
      trouble: calendar.trouble,
      agenda: agendaOf(calendar, context.clock(), timeZone),
      unreadable: calendar.unreadable,
      form: formOf(request, context.clock(), timeZone),
      timeZone,
      timeZones: TIME_ZONES,
      trips: userId ? await trips.listOf(context.db, userId) : [],
      itineraries: ITINERARIES,
    })
  })
  return router
}

interface Calendar {
  state: ConnectionState
  /** Sorted by start. */
  events: CalendarEvent[]
  unreadable: number
  /** Whether some coming or past events are missing. */
  isPart: { coming: boolean; past: boolean }
  trouble: Trouble | undefined
}

const NO_EVENTS = { events: [], unreadable: 0, isPart: { coming: false, past: false }, trouble: undefined }
const NOBODYS: Calendar = { state: { is: 'none' }, ...NO_EVENTS }

async function readCalendar(context: Context, userId: string): Promise<Calendar> {
  const before = await stateOf(context, userId)
  if (before.is !== 'connected' || !before.canRead) return { state: before, ...NO_EVENTS }
  const lists = await readLists(context, userId).catch(asTrouble)
  // The call may have refreshed the connection, or found that it has ended.
  const state = await stateOf(context, userId)
  if (isTrouble(lists)) return { state, ...NO_EVENTS, trouble: lists }
  const { past, coming } = lists
  const known = new Set(past.events.map(event => event.id))
  return {
    state,
    events: [...past.events, ...coming.events.filter(event => !known.has(event.id))],
    unreadable: past.unreadable + coming.unreadable,
    isPart: { coming: Boolean(coming.more), past: Boolean(past.more) },
    trouble: undefined,
  }
}

async function readLists(context: Context, userId: string): Promise<{ past: EventList; coming: EventList }> {
  const now = context.clock()
  // The whole of today counts as coming, in every time zone.
  const [from, to] = [now - PAST_DAYS * DAY_MS, now - DAY_MS].map(at => new Date(at).toISOString()) as [string, string]
  const past = await listEvents(context, userId, { timeMin: from, timeMax: to })
  const coming = await listEvents(context, userId, { timeMin: to }, PAGES_AHEAD)
  return { past, coming }
}

function agendaOf({ state, events, isPart, trouble }: Calendar, now: number, timeZone: string) {
  if (state.is !== 'connected' || !state.canRead || trouble) return undefined
  const { days, later, earlier } = readAgenda(events, now, timeZone)
  const today = toLocal(now, timeZone).slice(0, 10)
  // Past events are read from the oldest. If some are missing, those are the newest, so the list would be misleading.
  const recent = isPart.past ? [] : earlier
  return {
    days,
    later: later.slice(0, MOST_ROWS.later),
    earlier: recent.slice(0, MOST_ROWS.earlier),
    isPart: {
      coming: isPart.coming || later.length > MOST_ROWS.later,
      past: isPart.past || recent.length > MOST_ROWS.earlier,
    },
    from: { coming: today, past: addDays(today, -PAST_DAYS) },
  }
}

/** The form that could not be processed before the calendar was connected, or an empty one. */
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
