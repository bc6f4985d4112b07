/** The start page: connect, then the calendar with a form to add to it. */
import { seconds } from '@glasshouse/shared/clock'
import { type Request, Router } from 'express'
import 'express-session'
import { readAgenda } from '../calendar/agenda'
import { listEvents, listPage } from '../calendar/calendar-client'
import { type CalendarEvent, instantOf } from '../calendar/event'
import { type EventFields, emptyFields } from '../calendar/event-form'
import { addDays, toLocal } from '../calendar/time'
import type { Context } from '../context'
import { type ConnectionState, stateOf } from '../oauth/connection'
import { takeDraft, takeNotice, userOf } from '../session'
import * as trips from '../store/trips'
import { timeZoneFor, timeZoneOptions } from '../time-zone'
import { newEventId } from '../trips/add-to-calendar'
import { ITINERARIES } from '../trips/itineraries'
import { asTrouble, isTrouble, type Trouble } from './trouble'

const DAY_MS = 24 * 60 * 60 * 1000
/** How far back the start page looks. */
const PAST_DAYS = 366
/** So many coming events are read for the start page; the rest has a page of its own. */
const ENOUGH_AHEAD = 250
/** How many events are shown under "Later" and "Earlier". */
const MOST_ROWS = { later: 200, earlier: 50 }

export function homePage(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const { userId } = request.session
    const calendar = userId ? await readCalendar(context, userId) : NOBODYS
    const timeZone = timeZoneFor(request, calendar.events)
    // The page's script and the user may send the next requests at once. Each would make a user of its own.
    userOf(request)
    response.render('home', {
      notice: takeNotice(request),
      connection: connectionFacts(calendar.state, seconds(context.clock)),
      trouble: calendar.trouble,
      agenda: agendaOf(calendar, context.clock(), timeZone),
      unreadable: calendar.unreadable,
      form: formOf(request, context.clock(), timeZone),
      timeZone,
      timeZoneOptions,
      asksTimeZone: request.session.timeZone === undefined,
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
  /** Whether some coming or past events are missing. Missing past events are the newest. */
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
  return isTrouble(lists) ? { state, ...NO_EVENTS, trouble: lists } : { state, ...lists, trouble: undefined }
}

/**
 * Reads one list that begins a year ago, until it contains enough coming events. Usually that is the first page. If it is
 * none of the pages, coming events are requested separately, so that past ones cannot displace them.
 */
async function readLists(
  context: Context,
  userId: string,
): Promise<Pick<Calendar, 'events' | 'unreadable' | 'isPart'>> {
  const now = context.clock()
  // The whole of today counts as coming, in every time zone.
  const [from, today] = [now - PAST_DAYS * DAY_MS, now - DAY_MS]
  const comingIn = (events: CalendarEvent[]) => events.filter(({ start }) => instantOf(start, 'UTC') >= today).length
  const hasEnough = (events: CalendarEvent[]) => comingIn(events) >= ENOUGH_AHEAD
  const all = await listEvents(context, userId, { timeMin: new Date(from).toISOString() }, hasEnough)
  const { events, unreadable, more } = all
  if (!more || hasEnough(events)) return { events, unreadable, isPart: { coming: Boolean(more), past: false } }

  const coming = await listPage(context, userId, { timeMin: new Date(today).toISOString() }, ENOUGH_AHEAD)
  const known = new Set(events.map(event => event.id))
  return {
    events: [...events, ...coming.events.filter(event => !known.has(event.id))],
    unreadable: unreadable + coming.unreadable,
    isPart: { coming: Boolean(coming.more), past: comingIn(events) === 0 },
  }
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
