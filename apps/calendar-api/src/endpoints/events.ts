/**
 * The calendar's events. Each route names the scope that it needs. The owner comes from the access token and is part of
 * every query, so another user's event is not found, whatever id is requested.
 */
import { type NextFunction, type Request, type Response, Router } from 'express'
import { bearerToken, clientOf, ownerOf } from '../bearer-token'
import { type CalendarEvent, formatDeleted, formatEvent } from '../calendar/event'
import { type EventInput, isEventId, mergeEvent, readEvent } from '../calendar/event-input'
import { formatPageToken, isWholeList, type ListQuery, readInstancesQuery, readListQuery } from '../calendar/list-query'
import { parseInstanceId } from '../calendar/recurrence/instance'
import { checkUpdatedMin, formatSyncPageToken, formatSyncToken, readSyncToken } from '../calendar/sync-token'
import type { Context } from '../context'
import { type Preconditions, readPreconditions, unmet } from '../entity-tags'
import { acceptPatch, jsonBody } from '../json-body'
import { invalid, methodNotAllowed, Problem } from '../problem'
import { queryOf } from '../request-target'
import { changedSince, inOneChange, lastChange } from '../store/changes'
import { addDeleted, includesDeleted, type PageWithDeleted } from '../store/deleted-events'
import { list } from '../store/event-list'
import * as events from '../store/events'
import { type Found, findAny, removeFound, replaceFound } from '../store/instances'
import { listSingleEvents } from '../store/single-events'
import { tokenChecksOf } from '../token-checks'

/** The merge patch of RFC 7396, also with the media type that most clients send. */
const PATCH_TYPES = ['application/merge-patch+json', 'application/json']

export function eventsEndpoint(context: Context): Router {
  const { config, db, clock } = context
  const requireScope = bearerToken(tokenChecksOf(context))
  const mayRead = requireScope('calendar.read')
  const mayWrite = requireScope('calendar.write')
  const event = jsonBody('application/json')
  const patch = jsonBody(...PATCH_TYPES)
  const router = Router({ caseSensitive: true })

  router.get('/', mayRead, async (request, response) => {
    const owner = ownerOf(response)
    const parameters = queryOf(request.url)
    if (parameters.get('syncToken')) return answerChanges(response, owner, parameters)
    const query = readListQuery(parameters, owner)
    checkUpdatedMin(query.updatedMin, clock())
    // Before the list, so that what changes meanwhile is among the next changes.
    if (isWholeList(query) && !query.after) query.known = await lastChange(db, owner)
    const page = query.singleEvents ? await listSingleEvents(db, owner, query, clock()) : await list(db, owner, query)
    answerList(response, owner, query, includesDeleted(query) ? await addDeleted(db, owner, query, page) : page)
  })

  router.post('/', mayWrite, forAUser, event, async (request, response) => {
    const { id = events.createEventId(), ...draft } = readEvent(request.body)
    if (parseInstanceId(id)) throw invalid({ pointer: '#/id' }, 'must not be that of a single event of a series')
    const owner = ownerOf(response)
    const made = { ...draft, creator: { id: owner, clientId: clientOf(response) } }
    const created = await inOneChange(db, owner, (tx, change) => events.add(tx, owner, id, made, clock(), change))
    if (!created)
      throw new Problem(409, 'An event with this id already exists. Choose another id, or omit it.', {
        check: 'event.id',
      })
    response.status(201).location(`${config.resource}/calendar/events/${created.id}`)
    answer(response, created)
  })

  router.get('/:id/instances', mayRead, async (request, response) => {
    const [owner, id] = [ownerOf(response), idOf(request)]
    const query = readInstancesQuery(queryOf(request.url), `${owner} ${id}`)
    const series = await events.find(db, owner, id)
    if (!series) throw noSuchEvent()
    if (!series.recurrence)
      throw new Problem(400, 'This event does not repeat, so it has no instances.', { check: 'event' })
    answerList(response, `${owner} ${id}`, query, await listSingleEvents(db, owner, query, clock(), id))
  })

  router.get('/:id', mayRead, async (request, response) => {
    const found = (await findAny(db, ownerOf(response), idOf(request)))?.event
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
    const sent = readEvent(request.body)
    await change(request, response, () => sent)
  })

  // RFC 5789, with the merge patch of RFC 7396.
  router.patch('/:id', mayWrite, forAUser, patch, (request, response) =>
    change(request, response, current => readEvent(mergeEvent(current, request.body))),
  )

  router.delete('/:id', mayWrite, async (request, response) => {
    const owner = ownerOf(response)
    await attempt(request, owner, async found => (await removeFound(db, owner, found, clock())) || undefined)
    response.status(204).end()
  })

  /** @param owner whose tokens these are */
  function answerList(response: Response, owner: string, query: ListQuery, { items, next }: PageWithDeleted): void {
    forThisUserOnly(response).json({
      items: items.map(item => ('etag' in item ? formatEvent(item) : formatDeleted(item.id))),
      ...(next && { nextPageToken: formatPageToken(owner, query, next) }),
      ...(!next && query.known !== undefined && { nextSyncToken: formatSyncToken(owner, query.known, clock()) }),
    })
  }

  /** What has changed since a sync token was issued. */
  async function answerChanges(response: Response, owner: string, parameters: URLSearchParams): Promise<void> {
    const { maxResults } = readListQuery(
      new URLSearchParams([['maxResults', parameters.get('maxResults') ?? '250']]),
      owner,
    )
    const sync = readSyncToken(parameters, owner, clock(), await lastChange(db, owner))
    const changed = await changedSince(db, owner, sync.from, maxResults + 1)
    const page = changed.slice(0, maxResults)
    const last = page.at(-1)
    forThisUserOnly(response).json({
      items: page.map(({ id, event }) => (event ? formatEvent(event) : formatDeleted(id))),
      ...(last && changed.length > maxResults
        ? { nextPageToken: formatSyncPageToken(owner, sync.token, last) }
        : { nextSyncToken: formatSyncToken(owner, last?.change ?? sync.from.change, clock()) }),
    })
  }

  /** @param draftOf makes the new event out of the present one */
  async function change(request: Request, response: Response, draftOf: (current: CalendarEvent) => EventInput) {
    const owner = ownerOf(response)
    const changed = await attempt(request, owner, found => {
      const { id: sentId, ...draft } = draftOf(found.event)
      checkSameId(found.event.id, sentId)
      if (found.event.recurringEventId !== undefined && draft.content.recurrence) {
        throw invalid({ pointer: '#/recurrence' }, 'must be empty for a single event of a series')
      }
      return replaceFound(db, owner, found, draft, clock())
    })
    answer(response, changed)
  }

  /**
   * Reads an event, checks the conditions of the request, and writes. If the event changes in between, it is read again. That
   * ends, because each repetition means that another request has succeeded.
   * @param write returns undefined if the event has changed since it was read
   */
  async function attempt<T>(
    request: Request,
    owner: string,
    write: (found: Found) => Promise<T | undefined>,
  ): Promise<T> {
    const id = idOf(request)
    const preconditions = readPreconditions(request.headers)
    for (;;) {
      const found = await findAny(db, owner, id)
      if (!found) throw noSuchEvent()
      const failed = unmet(preconditions, found.event.etag)
      if (failed) throw preconditionFailed(failed)
      const written = await write(found)
      if (written !== undefined) return written
    }
  }

  router.all('/:id/instances', methodNotAllowed('GET, HEAD'))
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
