/** When a user is busy, without saying with what (Google Calendar API v3, Freebusy). */
import { Router } from 'express'
import { bearerToken, ownerOf } from '../../bearer-token'
import { busyTimes, type Interval } from '../../calendar/busy'
import type { Calendar } from '../../calendar/calendar'
import type { CalendarEvent } from '../../calendar/event'
import { type FreeBusyQuestion, readFreeBusyQuestion } from '../../calendar/free-busy-input'
import { readListQuery } from '../../calendar/list-query'
import { formatInstant, placeOf } from '../../calendar/recurrence/local-time'
import type { Context } from '../../context'
import { FOR_FREE_BUSY } from '../../google-scopes'
import { jsonBody } from '../../json-body'
import { methodNotAllowed, Problem } from '../../problem'
import * as calendars from '../../store/calendars'
import type { Database } from '../../store/schema'
import { listSingleEvents } from '../../store/single-events'
import { tokenChecksOf } from '../../token-checks'
import { sendJson } from '../answer'

export function freeBusyEndpoint(context: Context): Router {
  const { db, clock } = context
  const mayRead = bearerToken(tokenChecksOf(context))('calendar.read', FOR_FREE_BUSY)
  const router = Router()

  router.post('/', mayRead, jsonBody('application/json'), async (request, response) => {
    const owner = ownerOf(response)
    const { within, timeZone, ids } = readFreeBusyQuestion(request.body)
    const place = placeOf('', timeZone)
    const answers: [id: string, answer: object][] = []
    for (const id of ids) {
      const calendar = await calendars.find(db, owner, id === 'primary' ? owner : id)
      answers.push([id, calendar ? { busy: (await busyIn(calendar)).map(format) } : NOT_FOUND])
    }
    sendJson(response, {
      kind: 'calendar#freeBusy',
      timeMin: formatInstant(within.start, place),
      timeMax: formatInstant(within.end, place),
      calendars: Object.fromEntries(answers),
    })

    async function busyIn({ id, about }: Calendar): Promise<Interval[]> {
      return busyTimes(await eventsIn(db, id, within, clock()), within, about.timeZone)
    }

    function format({ start, end }: Interval) {
      return { start: formatInstant(start, place), end: formatInstant(end, place) }
    }
  })

  router.all('/', methodNotAllowed('POST'))
  return router
}

/** Google's form. The answer is the same whether the calendar does not exist or belongs to another user. */
const NOT_FOUND = { busy: [], errors: [{ domain: 'global', reason: 'notFound' }] }

/** Whole days are stored in UTC. In another zone they begin and end up to 14 hours earlier or later. */
const WIDEST_OFFSET_MS = 14 * 3_600_000

/** Of one calendar, so that a question costs only so much. */
const MOST_EVENTS = 10_000

/** @returns the events of a calendar that may take place within a time, series expanded. @throws Problem 400 if they are too many */
async function eventsIn(db: Database, calendar: string, { start, end }: FreeBusyQuestion['within'], now: number) {
  const query = {
    ...readListQuery(new URLSearchParams({ singleEvents: 'true', orderBy: 'startTime', maxResults: '2500' }), calendar),
    timeMin: start - WIDEST_OFFSET_MS,
    timeMax: end + WIDEST_OFFSET_MS,
  }
  const found: CalendarEvent[] = []
  for (;;) {
    const { items, next } = await listSingleEvents(db, calendar, query, now)
    found.push(...items)
    if (found.length > MOST_EVENTS) {
      const why = `A calendar has more than ${MOST_EVENTS} events from timeMin to timeMax. Ask about a shorter time.`
      throw new Problem(400, why, { check: 'freebusy.range' })
    }
    if (!next) return found
    query.after = next
  }
}
