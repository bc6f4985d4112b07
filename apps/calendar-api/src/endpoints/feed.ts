/**
 * A calendar's feed: `/calendar/feeds/<secret>.ics`, an address that any calendar program can subscribe to, because it needs no
 * token. Whoever knows it can read the calendar, so it only reads, is shown once, and can be replaced at `/calendar/feed`.
 * It outlives the access token that made it: docs/security.md says what that means.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type NextFunction, type Request, type Response, Router } from 'express'
import { bearerToken, clientOf, ownerOf } from '../bearer-token'
import type { Context } from '../context'
import { readPreconditions, unmet } from '../entity-tags'
import { methodNotAllowed, Problem } from '../problem'
import { type Exported, eventsForFile, MOST_EXPORTED } from '../store/export'
import { calendarOfFeed, feedOf, removeFeed, replaceFeed } from '../store/feeds'
import { tokenChecksOf } from '../token-checks'
import { namedCalendar } from './named-calendar'
import { sendCalendar } from './send-calendar'

const SECRET_BYTES = 32
/** How often a program should ask for changes (RFC 7986 §5.7). */
const REFRESH_INTERVAL = 'PT1H'
/** In a calendar with too many events for one file, older ones are left out. */
const YEAR_MS = 366 * 86_400_000
/** Part of the tag, so that a program asks again after the form of the file has changed. */
const VERSION = 2

/** Whether the calendar has a feed; make, replace and end it. */
export function feedSettings(context: Context): Router {
  const { config, db, clock } = context
  const requireScope = bearerToken(tokenChecksOf(context))
  const mayRead = requireScope('calendar.read')
  const mayWrite = requireScope('calendar.write')
  const router = Router({ caseSensitive: true })
  router.use(forNobodyElse)

  router.get('/', mayRead, async (request, response) => {
    const feed = await feedOf(db, await calendarIdOf(request, response))
    if (!feed) throw noFeed()
    response.json({ created: new Date(feed.created).toISOString(), clientId: feed.clientId })
  })

  // The feed shows the calendar, so a client that may only write must not be able to make one.
  router.post('/', mayRead, mayWrite, async (request, response) => {
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const calendar = await calendarIdOf(request, response)
    const feed = { calendar, created: clock(), clientId: clientOf(response) }
    await replaceFeed(db, ownerOf(response), feed, hashOf(secret))
    const url = `${config.resource}/calendar/feeds/${secret}.ics`
    response.status(201).json({ url, created: new Date(feed.created).toISOString(), clientId: feed.clientId })
  })

  router.delete('/', mayWrite, async (request, response) => {
    if (!(await removeFeed(db, await calendarIdOf(request, response)))) throw noFeed()
    response.status(204).end()
  })

  async function calendarIdOf(request: Request, response: Response): Promise<string> {
    return (await namedCalendar(request, db, ownerOf(response))).id
  }

  router.all('/', methodNotAllowed('GET, HEAD, POST, DELETE'))
  return router
}

/** The feed itself. */
export function feeds({ db, clock }: Context): Router {
  const router = Router({ caseSensitive: true })

  router.get('/:secret.ics', async (request, response) => {
    // The same work for any secret: one hash, one query.
    const found = await calendarOfFeed(db, hashOf(String(request.params.secret)))
    if (!found) throw noSuchFeed()
    const { calendar, name, lastChange } = found
    const etag = `"${VERSION}-${lastChange}"`
    response.set({ ETag: etag, 'Cache-Control': 'private, no-cache', 'X-Robots-Tag': 'noindex' })
    // A program that subscribes asks with If-None-Match. If-Match makes no sense here, and is ignored.
    if (unmet({ ifNoneMatch: readPreconditions(request.headers).ifNoneMatch }, etag)) {
      response.status(304).end()
      return
    }
    const all = await eventsForFile(db, calendar, { timeMin: undefined, timeMax: undefined })
    const exported = all.isComplete
      ? all
      : await eventsForFile(db, calendar, { timeMin: clock() - YEAR_MS, timeMax: undefined })
    const description = all.isComplete ? undefined : whatIsLeftOut(exported)
    const options = { name, description, refreshInterval: REFRESH_INTERVAL, forOthers: true }
    await sendCalendar(request, response, exported, options)
  })

  router.all('/:secret.ics', methodNotAllowed('GET, HEAD'))
  return router
}

/** For the reader of a calendar with more events than a file may have. */
function whatIsLeftOut({ isComplete }: Exported): string {
  const most = MOST_EXPORTED.toLocaleString('en')
  return isComplete
    ? `This calendar has more than ${most} events. Those that ended more than a year ago are left out here.`
    : `This calendar has more than ${most} events since a year ago. Only the first ${most} of them are here.`
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function forNobodyElse(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store').vary('Authorization')
  next()
}

function noFeed(): Problem {
  return new Problem(404, 'This calendar has no feed. Send POST to make one.', { check: 'feed' })
}

/** The same for a secret that was replaced and for one that never existed. */
function noSuchFeed(): Problem {
  return new Problem(404, 'There is no feed at this address. If it was replaced, ask its owner for the new address.', {
    check: 'feed.secret',
  })
}
