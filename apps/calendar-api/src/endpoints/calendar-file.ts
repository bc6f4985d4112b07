/**
 * `/calendar/events.ics`: the calendar as an iCalendar file (RFC 5545). GET writes all of it, or the events of a time; POST
 * adds the events of a file. What an event keeps on its way is in `docs/decisions/icalendar.md`.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { bearerToken, clientOf, ownerOf } from '../bearer-token'
import type { Calendar } from '../calendar/calendar'
import { countSkipped, type Skipped } from '../calendar/icalendar/components'
import { LARGEST_FILE } from '../calendar/icalendar/content-lines'
import { type FileContent, readCalendar } from '../calendar/icalendar/read-calendar'
import { type CalendarOptions, formatCalendar } from '../calendar/icalendar/write-calendar'
import { readListQuery } from '../calendar/list-query'
import type { Context } from '../context'
import { readBody } from '../json-body'
import { methodNotAllowed, Problem } from '../problem'
import { queryOf } from '../request-target'
import { type Exported, eventsForFile, MOST_EXPORTED } from '../store/export'
import { importEvents } from '../store/import'
import { tokenChecksOf } from '../token-checks'
import { forThisUserOnly } from './answer'
import { namedCalendar } from './named-calendar'

export const CALENDAR_TYPE = 'text/calendar'
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

/** In pieces, so that a large calendar does not fill the memory, and other requests get their turn. */
export async function sendCalendar(
  request: Request,
  response: Response,
  { events, cancelled }: Exported,
  options: CalendarOptions,
): Promise<void> {
  response.type(`${CALENDAR_TYPE}; charset=utf-8`)
  if (request.method === 'HEAD') return void response.end()
  let piece = ''
  for (const part of formatCalendar(events, cancelled, options)) {
    piece += part
    if (piece.length < PIECE) continue
    if (!response.write(piece)) await drained(response)
    else await new Promise(setImmediate)
    if (response.destroyed) return
    piece = ''
  }
  response.end(piece)
}

/** In characters. */
const PIECE = 64 * 1024

function drained(response: Response): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
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
