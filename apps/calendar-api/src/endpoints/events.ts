/**
 * The calendar's events (interface.md). Each route says which scope it takes; the owner is the token's, and every query
 * names the owner, so another person's event is not there, whatever id is asked for.
 */
import { type NextFunction, type Request, type Response, Router } from 'express'
import { bearerToken, ownerOf } from '../bearer-token'
import { type CalendarEvent, formatEvent } from '../calendar/event'
import { isEventId, mergeEvent, readEvent } from '../calendar/event-input'
import { formatPageToken, readListQuery } from '../calendar/list-query'
import type { Context } from '../context'
import { type Preconditions, readPreconditions, unmet } from '../entity-tags'
import { acceptPatch, jsonBody } from '../json-body'
import { invalid, methodNotAllowed, Problem } from '../problem'
import { queryOf } from '../request-target'
import * as events from '../store/events'
import { metadataUrlOf } from './protected-resource-metadata'

/** The merge patch of RFC 7396, also under the name that most clients send. */
const PATCH_TYPES = ['application/merge-patch+json', 'application/json']

export function eventsEndpoint({ config, db, clock, keys, endedTokens }: Context): Router {
  const requireScope = bearerToken({
    issuer: config.issuer,
    audience: config.resource,
    metadataUrl: request => metadataUrlOf(config, request.originalUrl),
    keys,
    endedTokens,
    clock,
  })
  const mayRead = requireScope('calendar.read')
  const mayWrite = requireScope('calendar.write')
  const event = jsonBody('application/json')
  const patch = jsonBody(...PATCH_TYPES)
  const router = Router({ caseSensitive: true })

  router.get('/', mayRead, async (request, response) => {
    const owner = ownerOf(response)
    const query = readListQuery(queryOf(request.url), owner)
    const { items, next } = await events.list(db, owner, query)
    forThisPersonOnly(response).json({
      items: items.map(formatEvent),
      ...(next && { nextPageToken: formatPageToken(owner, query, next) }),
    })
  })

  router.post('/', mayWrite, forAPerson, event, async (request, response) => {
    const { id = events.createEventId(), ...draft } = readEvent(request.body)
    const created = await events.add(db, ownerOf(response), id, draft, clock())
    if (!created) throw new Problem(409, 'There is an event of this id already.', { check: 'event.id' })
    response.status(201).location(`${config.resource}/calendar/events/${created.id}`)
    answer(response, created)
  })

  router.get('/:id', mayRead, async (request, response) => {
    const found = await events.find(db, ownerOf(response), idOf(request))
    if (!found) throw noSuchEvent()
    const failed = unmet(readPreconditions(request.headers), found.etag)
    // RFC 9110 §13.1.2: who has it in this state already is told so. Any other condition is one for 412.
    if (failed === 'ifNoneMatch') {
      forThisPersonOnly(response).status(304).set('ETag', found.etag).end()
      return
    }
    if (failed) throw preconditionFailed(failed)
    answer(response, found)
  })

  router.put('/:id', mayWrite, forAPerson, event, async (request, response) => {
    const [owner, id] = [ownerOf(response), idOf(request)]
    const { id: sentId, ...draft } = readEvent(request.body)
    mustBeTheSame(id, sentId)
    const preconditions = readPreconditions(request.headers)
    const replaced = await events.replace(db, owner, id, draft, preconditions, clock())
    if (!replaced) throw whyNot(await events.find(db, owner, id), preconditions)
    answer(response, replaced)
  })

  // RFC 5789, with the merge patch of RFC 7396. What was read is what is patched, or else it is read again: every time
  // round somebody else's change has succeeded, so this ends.
  router.patch('/:id', mayWrite, forAPerson, patch, async (request, response) => {
    const [owner, id] = [ownerOf(response), idOf(request)]
    const preconditions = readPreconditions(request.headers)
    for (;;) {
      const current = await events.find(db, owner, id)
      if (!current || unmet(preconditions, current.etag)) throw whyNot(current, preconditions)
      const { id: sentId, ...draft } = readEvent(mergeEvent(current, request.body))
      mustBeTheSame(id, sentId)
      const patched = await events.replace(db, owner, id, draft, { ifMatch: [current.etag] }, clock())
      if (patched) return answer(response, patched)
    }
  })

  router.delete('/:id', mayWrite, async (request, response) => {
    const [owner, id] = [ownerOf(response), idOf(request)]
    const preconditions = readPreconditions(request.headers)
    const removed = await events.remove(db, owner, id, preconditions)
    if (!removed) throw whyNot(await events.find(db, owner, id), preconditions)
    response.status(204).end()
  })

  router.all('/', methodNotAllowed('GET, HEAD, POST'))
  router.all('/:id', methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE', acceptPatch(PATCH_TYPES)))
  return router
}

function answer(response: Response, event: CalendarEvent): void {
  const body = Buffer.from(JSON.stringify(formatEvent(event)))
  // Not by `response.json`: Express would look at If-None-Match again, and finds a tag in what is no list of them.
  forThisPersonOnly(response).set('ETag', event.etag).type('json').set('Content-Length', `${body.length}`).end(body)
}

/** A browser may keep it, but has to ask with `If-None-Match`, and a token, before it shows it again (RFC 9111 §5.2.2). */
function forThisPersonOnly(response: Response): Response {
  return response.set('Cache-Control', 'private, no-cache').vary('Authorization')
}

function idOf({ params }: Request): string {
  if (!isEventId(params.id)) throw noSuchEvent()
  return params.id
}

function mustBeTheSame(id: string, sentId: string | undefined): void {
  if (sentId !== undefined && sentId !== id) throw invalid({ pointer: '#/id' }, 'cannot be changed')
}

/** Another person's event and one that never was look the same. */
function noSuchEvent(): Problem {
  return new Problem(404, 'There is no event of this id in this calendar.', { check: 'event.id' })
}

/** Why an event was not changed. @param current as it is now: it may have changed again since it was refused */
function whyNot(current: CalendarEvent | undefined, preconditions: Preconditions): Problem {
  if (!current) return noSuchEvent()
  return preconditionFailed(unmet(preconditions, current.etag) ?? 'ifMatch')
}

/** RFC 9110 §15.5.13 */
function preconditionFailed(failed: keyof Preconditions): Problem {
  return failed === 'ifMatch'
    ? new Problem(412, 'The event has changed since it was read. Read it again, then decide.', { check: 'if-match' })
    : new Problem(412, 'The event is in a state that If-None-Match rules out.', { check: 'if-none-match' })
}

/** Before a body is read: an event belongs to somebody, so a token that speaks for nobody is of no use here. */
function forAPerson(_request: Request, response: Response, next: NextFunction): void {
  ownerOf(response)
  next()
}
