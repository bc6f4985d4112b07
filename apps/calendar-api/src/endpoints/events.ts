/**
 * The calendar's events. Each route names the scope that it needs. The owner comes from the access token and is part of
 * every query, so another user's event is not found, whatever id is requested.
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
import { list } from '../store/event-list'
import * as events from '../store/events'
import { metadataUrlOf } from './protected-resource-metadata'

/** The merge patch of RFC 7396, also with the media type that most clients send. */
const PATCH_TYPES = ['application/merge-patch+json', 'application/json']

export function eventsEndpoint({ config, db, clock, tokenClock, keys, endedTokens }: Context): Router {
  const requireScope = bearerToken({
    issuer: config.issuer,
    audience: config.resource,
    metadataUrl: request => metadataUrlOf(config, request.originalUrl),
    keys,
    endedTokens,
    clock: jti => tokenClock.at(jti),
  })
  const mayRead = requireScope('calendar.read')
  const mayWrite = requireScope('calendar.write')
  const event = jsonBody('application/json')
  const patch = jsonBody(...PATCH_TYPES)
  const router = Router({ caseSensitive: true })

  router.get('/', mayRead, async (request, response) => {
    const owner = ownerOf(response)
    const query = readListQuery(queryOf(request.url), owner)
    const { items, next } = await list(db, owner, query)
    forThisUserOnly(response).json({
      items: items.map(formatEvent),
      ...(next && { nextPageToken: formatPageToken(owner, query, next) }),
    })
  })

  router.post('/', mayWrite, forAUser, event, async (request, response) => {
    const { id = events.createEventId(), ...draft } = readEvent(request.body)
    const created = await events.add(db, ownerOf(response), id, draft, clock())
    if (!created)
      throw new Problem(409, 'An event with this id already exists. Choose another id, or omit it.', {
        check: 'event.id',
      })
    response.status(201).location(`${config.resource}/calendar/events/${created.id}`)
    answer(response, created)
  })

  router.get('/:id', mayRead, async (request, response) => {
    const found = await events.find(db, ownerOf(response), idOf(request))
    if (!found) throw noSuchEvent()
    const failed = unmet(readPreconditions(request.headers), found.etag)
    // RFC 9110 §13.1.2: 304 if the client already has this version. Any other failed condition is a 412.
    if (failed === 'ifNoneMatch') {
      forThisUserOnly(response).status(304).set('ETag', found.etag).end()
      return
    }
    if (failed) throw preconditionFailed(failed)
    answer(response, found)
  })

  router.put('/:id', mayWrite, forAUser, event, async (request, response) => {
    const [owner, id] = [ownerOf(response), idOf(request)]
    const { id: sentId, ...draft } = readEvent(request.body)
    checkSameId(id, sentId)
    const preconditions = readPreconditions(request.headers)
    const replaced = await events.replace(db, owner, id, draft, preconditions, clock())
    if (!replaced) throw whyNot(await events.find(db, owner, id), preconditions)
    answer(response, replaced)
  })

  // RFC 5789, with the merge patch of RFC 7396. If the event changes between reading and writing, it is read again. That
  // ends, because each repetition means that another request has succeeded.
  router.patch('/:id', mayWrite, forAUser, patch, async (request, response) => {
    const [owner, id] = [ownerOf(response), idOf(request)]
    const preconditions = readPreconditions(request.headers)
    for (;;) {
      const current = await events.find(db, owner, id)
      if (!current || unmet(preconditions, current.etag)) throw whyNot(current, preconditions)
      const { id: sentId, ...draft } = readEvent(mergeEvent(current, request.body))
      checkSameId(id, sentId)
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
  // Without `response.json`: Express would check If-None-Match again, and finds tags even in a malformed list.
  forThisUserOnly(response).set('ETag', event.etag).type('json').set('Content-Length', `${body.length}`).end(body)
}

/** A browser may store the answer, but must revalidate it with a token before it uses it again (RFC 9111 §5.2.2). */
function forThisUserOnly(response: Response): Response {
  return response.set('Cache-Control', 'private, no-cache').vary('Authorization')
}

function idOf({ params }: Request): string {
  if (!isEventId(params.id)) throw noSuchEvent()
  return params.id
}

function checkSameId(id: string, sentId: string | undefined): void {
  if (sentId !== undefined && sentId !== id) throw invalid({ pointer: '#/id' }, 'cannot be changed')
}

/** The answer is the same whether the event never existed or belongs to another user. */
function noSuchEvent(): Problem {
  return new Problem(404, 'This calendar has no event with this id.', { check: 'event.id' })
}

/** @param current the event as it is now. It may have changed again since the change was refused */
function whyNot(current: CalendarEvent | undefined, preconditions: Preconditions): Problem {
  if (!current) return noSuchEvent()
  return preconditionFailed(unmet(preconditions, current.etag) ?? 'ifMatch')
}

/** RFC 9110 §15.5.13 */
function preconditionFailed(failed: keyof Preconditions): Problem {
  return failed === 'ifMatch'
    ? new Problem(412, 'The event has changed since you read it. Read it again, then repeat your change.', {
        check: 'if-match',
      })
    : new Problem(412, 'The event is in a state that If-None-Match excludes. Read it again, then repeat your change.', {
        check: 'if-none-match',
      })
}

/** Runs before the body is read, which is pointless if the token belongs to no user. */
function forAUser(_request: Request, response: Response, next: NextFunction): void {
  ownerOf(response)
  next()
}
