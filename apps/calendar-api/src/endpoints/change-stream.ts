/**
 * `GET /calendar/events/stream`: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) that say
 * that one of the user's calendars has changed, not what. A client then asks for the changes with its sync token, so that there is one way
 * to learn them. The id of an event is the number of changes so far: a client that sends it back as `Last-Event-ID` after
 * a break is told at once if it has missed something, and without it is always told.
 */
import { type Request, Router } from 'express'
import { bearerToken, checkAccessToken, ownerOf, readBearerToken } from '../bearer-token'
import { Refusal } from '../challenge'
import { MOST_OF_AN_OWNER } from '../change-watch'
import type { Context } from '../context'
import { methodNotAllowed, Problem } from '../problem'
import { tokenChecksOf } from '../token-checks'

/** After a break, a client waits as long before it connects again, in milliseconds. */
const RETRY_MS = 2_000
/** For a client that has too many streams, in seconds. */
const RETRY_LATER_S = '30'

export function changeStream(context: Context): Router {
  const { changeWatch } = context
  const checks = tokenChecksOf(context)
  const router = Router({ caseSensitive: true })

  router.get('/', bearerToken(checks)('calendar.read'), (request, response) => {
    const owner = ownerOf(response)
    const full = changeWatch.isFullFor(owner)
    if (full) throw tooMany(full)
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
    if (request.method === 'HEAD') return void response.end()
    response.write(`retry: ${RETRY_MS}\n\n`)

    const end = () => {
      stop()
      response.end()
    }
    const send = (text: string) => {
      response.write(text)
      // A client that does not read must not fill the memory. It can come back.
      if (response.writableNeedDrain) response.destroy()
    }
    const stop = changeWatch.add({
      owner,
      known: lastEventIdOf(request),
      mayHear: () => mayHear(request),
      changed: changes => send(`id: ${changes}\nevent: change\ndata: {"changes":${changes}}\n\n`),
      heartbeat: () => send(':\n\n'),
      end,
    })
    response.on('close', stop)
  })

  /** A stream lives no longer than its token: the token is checked again as at the beginning, each time. */
  async function mayHear(request: Request): Promise<'yes' | 'wait' | 'end'> {
    try {
      await checkAccessToken(readBearerToken(request), checks)
      return 'yes'
    } catch (error) {
      return error instanceof Refusal ? 'end' : 'wait'
    }
  }

  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}

/** @returns undefined without it, or if it is not one of ours. The client is then told that something changed */
function lastEventIdOf(request: Request): number | undefined {
  const id = request.get('Last-Event-ID')
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined
}

function tooMany(full: 'owner' | 'all'): Problem {
  const headers = { 'Retry-After': RETRY_LATER_S }
  return full === 'owner'
    ? new Problem(429, `This user has ${MOST_OF_AN_OWNER} streams open already. Close one first.`, {
        headers,
        check: 'stream.owner',
      })
    : new Problem(503, 'This API has too many streams open. Try again in half a minute.', {
        headers,
        check: 'stream.all',
      })
}
