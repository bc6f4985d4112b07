/**
 * A calendar's events. Each route names the scope that it needs. The owner comes from the access token, and the calendar is
 * one of that owner's, so another user's event is not found, whatever id is requested.
 */
import { rememberOf } from '@glasshouse/shared/remember'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { bearerToken, clientOf, ownerOf } from '../bearer-token'
import type { Calendar } from '../calendar/calendar'
import type { CalendarEvent } from '../calendar/event'
import { type EventInput, mergeEvent, readEvent } from '../calendar/event-input'
import { formatPageToken, isWholeList, type ListQuery, readInstancesQuery, readListQuery } from '../calendar/list-query'
import { parseInstanceId } from '../calendar/recurrence/instance'
import { checkUpdatedMin, formatSyncPageToken, formatSyncToken, readSyncToken } from '../calendar/sync-token'
import type { Context } from '../context'
import { preconditionFailed, readPreconditions, unmet } from '../entity-tags'
import { acceptPatch, jsonBody, PATCH_TYPES } from '../json-body'
import { invalid, methodNotAllowed, Problem } from '../problem'
import { queryOf } from '../request-target'
import { changedSince, inOneChange, lastChange } from '../store/changes'
import { addDeleted, includesDeleted, type PageWithDeleted } from '../store/deleted-events'
import { list } from '../store/event-list'
import * as events from '../store/events'
import { findAny, removeFound, replaceFound } from '../store/instances'
import type { Database } from '../store/schema'
import { listSingleEvents } from '../store/single-events'
import { tokenChecksOf } from '../token-checks'
import { forThisUserOnly, sendJson } from './answer'
import type { Door } from './doors'
import { attempt, idOf, noSuchEvent } from './stored-event'

export function eventsEndpoint(context: Context, door: Door): Router {
  const { db, clock } = context
  const requireScope = bearerToken(tokenChecksOf(context))
  // Before the body is read, which is pointless if there is no such calendar.
  const inCalendar: RequestHandler = async (request, response, next) => {
    response.locals.calendar = await door.calendarOf(request, ownerOf(response))
    next()
  }
  const mayRead = requireScope('calendar.read')
  const mayWrite = requireScope('calendar.write')
  const event = jsonBody('application/json')
  const patch = jsonBody(...PATCH_TYPES)
  const router = Router({ caseSensitive: true, mergeParams: true })
  // The store knows the events of a list that was read before.
  const formatItems = rememberOf((items: PageWithDeleted['items']) =>
    items.map(item => ('etag' in item ? door.formatEvent(item) : door.formatDeleted(item.id))),
  )

  router.get('/', mayRead, inCalendar, async (request, response) => {
    const { id: calendar } = calendarOf(response)
    const parameters = queryOf(request.url)
    if (parameters.get('syncToken')) return answerChanges(response, parameters)
    const query = readListQuery(parameters, calendar)
    checkUpdatedMin(query.updatedMin, clock())
    // Before the list, so that what changes meanwhile is among the next changes.
    if (isWholeList(query) && !query.after) query.known = await lastChange(db, calendar)
    const page = query.singleEvents
      ? await listSingleEvents(db, calendar, query, clock())
      : await list(db, calendar, query)
    const whole = includesDeleted(query) ? await addDeleted(db, calendar, query, page) : page
    await answerList(response, calendar, query, whole)
  })

  router.post('/', mayWrite, inCalendar, event, async (request, response) => {
    const { id = events.createEventId(), ...draft } = readEvent(request.body)
    if (parseInstanceId(id)) throw invalid({ pointer: '#/id' }, 'must not be that of a single event of a series')
    const { id: calendar } = calendarOf(response)
    const made = { ...draft, creator: { id: ownerOf(response), clientId: clientOf(response) } }
    const add = (tx: Database, change: number) => events.add(tx, calendar, id, made, clock(), change)
    const created = await inOneChange(db, calendar, add, { independent: true })
    if (!created)
      throw new Problem(409, 'An event with this id already exists. Choose another id, or omit it.', {
        check: 'event.id',
      })
    door.created(response, created)
    answer(response, created)
  })

  router.get('/:id/instances', mayRead, inCalendar, async (request, response) => {
    const [{ id: calendar }, id] = [calendarOf(response), idOf(request)]
    const query = readInstancesQuery(queryOf(request.url), `${calendar} ${id}`)
    const series = await events.find(db, calendar, id)
    if (!series) throw noSuchEvent()
    if (!series.recurrence)
      throw new Problem(400, 'This event does not repeat, so it has no instances.', { check: 'event' })
    const page = await listSingleEvents(db, calendar, query, clock(), id)
    await answerList(response, `${calendar} ${id}`, query, page)
  })

  router.get('/:id', mayRead, inCalendar, async (request, response) => {
    const found = (await findAny(db, calendarOf(response).id, idOf(request)))?.event
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

  router.put('/:id', mayWrite, inCalendar, event, async (request, response) => {
    const sent = readEvent(request.body)
    await change(request, response, () => sent)
  })

  // RFC 5789, with the merge patch of RFC 7396.
  router.patch('/:id', mayWrite, inCalendar, patch, (request, response) =>
    change(request, response, current => readEvent(mergeEvent(current, request.body))),
  )

  router.delete('/:id', mayWrite, inCalendar, async (request, response) => {
    const { id: calendar } = calendarOf(response)
    await attempt(db, request, calendar, async found => (await removeFound(db, calendar, found, clock())) || undefined)
    response.status(204).end()
  })

  /** @param name of the list to which these tokens belong */
  async function answerList(
    response: Response,
    name: string,
    query: ListQuery,
    { items, next }: PageWithDeleted,
  ): Promise<void> {
    const body = await door.formatList(calendarOf(response), {
      items: formatItems(items),
      ...(next && { nextPageToken: formatPageToken(name, query, next) }),
      ...(!next && query.known !== undefined && { nextSyncToken: formatSyncToken(name, query.known, clock()) }),
    })
    forThisUserOnly(response).json(body)
  }

  /** What has changed since a sync token was issued. */
  async function answerChanges(response: Response, parameters: URLSearchParams): Promise<void> {
    const { id: calendar } = calendarOf(response)
    const { maxResults } = readListQuery(
      new URLSearchParams([['maxResults', parameters.get('maxResults') ?? '250']]),
      calendar,
    )
    const sync = readSyncToken(parameters, calendar, clock(), await lastChange(db, calendar))
    const changed = await changedSince(db, calendar, sync.from, maxResults + 1)
    const page = changed.slice(0, maxResults)
    const last = page.at(-1)
    const body = await door.formatList(calendarOf(response), {
      items: page.map(({ id, event }) => (event ? door.formatEvent(event) : door.formatDeleted(id))),
      ...(last && changed.length > maxResults
        ? { nextPageToken: formatSyncPageToken(calendar, sync.token, last) }
        : { nextSyncToken: formatSyncToken(calendar, last?.change ?? sync.from.change, clock()) }),
    })
    forThisUserOnly(response).json(body)
  }

  /** @param draftOf makes the new event out of the present one */
  async function change(request: Request, response: Response, draftOf: (current: CalendarEvent) => EventInput) {
    const { id: calendar } = calendarOf(response)
    const changed = await attempt(db, request, calendar, found => {
      const { id: sentId, ...draft } = draftOf(found.event)
      checkSameId(found.event.id, sentId)
      if (found.event.recurringEventId !== undefined && draft.content.recurrence) {
        throw invalid({ pointer: '#/recurrence' }, 'must be empty for a single event of a series')
      }
      return replaceFound(db, calendar, found, draft, clock())
    })
    answer(response, changed)
  }

  function answer(response: Response, event: CalendarEvent): void {
    sendJson(response.set('ETag', event.etag), door.formatEvent(event))
  }

  router.all('/:id/instances', methodNotAllowed('GET, HEAD'))
  router.all('/', methodNotAllowed('GET, HEAD, POST'))
  router.all('/:id', methodNotAllowed('GET, HEAD, PUT, PATCH, DELETE', acceptPatch(PATCH_TYPES)))
  return router
}

/** The calendar that the door has found. */
function calendarOf({ locals }: Response): Calendar {
  return locals.calendar
}

function checkSameId(id: string, sentId: string | undefined): void {
  if (sentId !== undefined && sentId !== id) throw invalid({ pointer: '#/id' }, 'cannot be changed')
}
