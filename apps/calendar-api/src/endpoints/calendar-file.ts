/**
 * `/calendar/events.ics`: the calendar as an iCalendar file (RFC 5545). GET writes all of it, or the events of a time; POST
 * adds the events of a file. What an event keeps on its way is in `docs/decisions/icalendar.md`.
 */
import { type RequestHandler, Router } from 'express'
import { bearerToken, clientOf, ownerOf } from '../bearer-token'
import type { Calendar } from '../calendar/calendar'
import { countSkipped, type Skipped } from '../calendar/icalendar/components'
import { LARGEST_FILE } from '../calendar/icalendar/content-lines'
import { type FileContent, readCalendar } from '../calendar/icalendar/read-calendar'
import { readListQuery } from '../calendar/list-query'
import type { Context } from '../context'
import { readBody } from '../json-body'
import { methodNotAllowed, Problem } from '../problem'
import { queryOf } from '../request-target'
import { eventsForFile, MOST_EXPORTED } from '../store/export'
import { importEvents } from '../store/import'
import { tokenChecksOf } from '../token-checks'
import { forThisUserOnly } from './answer'
import { namedCalendar } from './named-calendar'
import { CALENDAR_TYPE, sendCalendar } from './send-calendar'

const METHODS = 'GET, HEAD, POST'

export function calendarFile(context: Context): Router {
  const { db, clock } = context
  const requireScope = bearerToken(tokenChecksOf(context))
  // Before the body is read, which is pointless if there is no such calendar.
  const inCalendar: RequestHandler = async (request, response, next) => {
    response.locals.calendar = await namedCalendar(request, db, ownerOf(response))
    next()
  }
  const router = Router({ caseSensitive: true })

  router.get('/', requireScope('calendar.read'), async (request, response) => {
    const calendar = await namedCalendar(request, db, ownerOf(response))
    const window = readListQuery(onlyWindow(queryOf(request.url)), calendar.id)
    const exported = await eventsForFile(db, calendar.id, window)
    if (!exported.isComplete) {
      throw new Problem(
        400,
        `The file would have more than ${MOST_EXPORTED} events. Ask for less with timeMin and timeMax.`,
        { check: 'ics.export' },
      )
    }
    forThisUserOnly(response).set('Content-Disposition', 'attachment; filename="calendar.ics"')
    await sendCalendar(request, response, exported, { name: calendar.about.summary, forOthers: false })
  })

  router.post('/', requireScope('calendar.write'), inCalendar, fileBody(), async (request, response) => {
    const [owner, calendar] = [ownerOf(response), response.locals.calendar as Calendar]
    const { events, skipped } = request.body as FileContent
    const creator = { id: owner, clientId: clientOf(response) }
    const { withoutSeries, ...counts } = await importEvents(db, calendar.id, events, creator, clock())
    const all = new Map<string, Skipped>(skipped.map(what => [JSON.stringify(what), what]))
    for (const { uid } of withoutSeries) {
      const reason = 'its series has no event at this RECURRENCE-ID, or is not there'
      countSkipped(all, { component: 'VEVENT', uid: uid.slice(0, 100), reason })
    }
    forThisUserOnly(response).json({ ...counts, skipped: [...all.values()] })
  })

  router.all('/', methodNotAllowed(METHODS))
  return router
}

function onlyWindow(parameters: URLSearchParams): URLSearchParams {
  const window = [...parameters].filter(([name]) => name === 'timeMin' || name === 'timeMax')
  return new URLSearchParams(window)
}

function fileBody(): RequestHandler {
  const read = readBody({ types: [CALENDAR_TYPE], limit: LARGEST_FILE }, readCalendar)
  return (request, response, next) => {
    const explain = (error?: unknown) => next(isTooLarge(error) ? TOO_LARGE : error)
    try {
      read(request, response, explain)
    } catch (error) {
      explain(error)
    }
  }
}

const isTooLarge = (error: unknown) => (error as { type?: string } | undefined)?.type === 'entity.too.large'

const TOO_LARGE = new Problem(413, 'The file is larger than 1 MB. Split it into smaller files.', {
  check: 'entity.too.large',
})
