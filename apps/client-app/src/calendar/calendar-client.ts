/** Step 6: the calendar API, called with the access token in the `Authorization` header (RFC 6750 §2.1). */
import type { Context } from '../context'
import { type HttpRequest, type HttpResponse, NoAnswer, readJson } from '../http-client'
import { withAccessToken } from '../oauth/connection'
import { CalendarTrouble, kindOfStatus, readProblem } from './calendar-trouble'
import { type CalendarEvent, type EventContent, type EventPatch, isCancelled, readEvent } from './event'

const PAGE_SIZE = 250
/** How many pages of the list one view reads. `more` leads to the rest. */
const MAX_PAGES = 8

/** A range of RFC 3339 times. */
export interface Range {
  /** Events that end after this. */
  timeMin: string
  /** Events that start before this. */
  timeMax?: string
}

export interface EventList {
  events: CalendarEvent[]
  /** How many events in the response were unreadable and left out. */
  unreadable: number
  /** Leads to the events after these; undefined if there are no more. */
  more: string | undefined
}

/**
 * The events in a range of time, sorted by start.
 * @param isEnough says of the events read so far that no further page is needed; the caller must tell the user if there is `more`
 * @throws CalendarTrouble, NotConnected, AuthServerUnavailable, as every function here does
 */
export async function listEvents(
  context: Context,
  userId: string,
  range: Range,
  isEnough: (events: CalendarEvent[]) => boolean = () => false,
): Promise<EventList> {
  const list: EventList = { events: [], unreadable: 0, more: undefined }
  for (let page = 0; page < MAX_PAGES; page++) {
    const next = await listPage(context, userId, range, PAGE_SIZE, list.more)
    list.events.push(...next.events)
    list.unreadable += next.unreadable
    list.more = next.more
    if (!list.more || isEnough(list.events)) break
  }
  return list
}

/** One page of such a list. @param after the `more` of the previous page */
export async function listPage(
  context: Context,
  userId: string,
  range: Range,
  size: number,
  after?: string,
): Promise<EventList> {
  const query = new URLSearchParams({
    ...range,
    // Repeating events are expanded into single events, because only those can be sorted by start.
    singleEvents: 'true',
    orderBy: 'startTime',
    maxResults: String(size),
    ...(after && { pageToken: after }),
  })
  const answer = readJson(await call(context, userId, { method: 'GET', path: `?${query}` }))
  if (!Array.isArray(answer?.items))
    throw new CalendarTrouble('failing', { said: 'its answer is not a list of events' })
  const items = answer.items.filter(item => !isCancelled(item))
  const events = items.flatMap(item => readEvent(item) ?? [])
  const { nextPageToken } = answer
  return {
    events,
    unreadable: items.length - events.length,
    more: typeof nextPageToken === 'string' && nextPageToken ? nextPageToken : undefined,
  }
}

export async function getEvent(context: Context, userId: string, id: string): Promise<CalendarEvent> {
  return oneEvent(await call(context, userId, { method: 'GET', path: pathOf(id) }))
}

/** @param id chosen by us, so that a second attempt creates no second event but finds that it `exists` */
export async function createEvent(
  context: Context,
  userId: string,
  id: string,
  content: EventContent,
): Promise<CalendarEvent> {
  return oneEvent(await call(context, userId, { method: 'POST', path: '', body: { id, ...content } }))
}

/** @param etag the version that the user changed (RFC 9110 §13.1.1); undefined to change any version */
export async function changeEvent(
  context: Context,
  userId: string,
  id: string,
  content: EventPatch,
  etag?: string,
): Promise<CalendarEvent> {
  const request = { method: 'PATCH' as const, path: pathOf(id), body: content, headers: ifMatch(etag) }
  return oneEvent(await call(context, userId, request))
}

export async function deleteEvent(context: Context, userId: string, id: string, etag?: string): Promise<void> {
  await call(context, userId, { method: 'DELETE', path: pathOf(id), headers: ifMatch(etag) })
}

/** RFC 6750 §3.1: 401 with `invalid_token` calls for a new token. Any other 401 has another cause. */
function tokenWasRefused({ status, headers }: HttpResponse): boolean {
  return status === 401 && /\berror="?invalid_token\b/.test(headers['www-authenticate'] ?? '')
}

interface Call {
  method: HttpRequest['method']
  path: string
  body?: object
  headers?: Record<string, string>
}

async function call(context: Context, userId: string, { method, path, body, headers }: Call): Promise<HttpResponse> {
  const response = await withAccessToken(context, userId, async accessToken => {
    const request: HttpRequest = {
      method,
      url: `${context.config.addresses.calendarApiUrl}/calendar/events${path}`,
      headers: {
        Authorization: `Bearer ${accessToken}`,
        Accept: 'application/json',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }
    const answer = await context.http(request).catch(error => {
      throw error instanceof NoAnswer ? new CalendarTrouble(error.why, { changing: method !== 'GET' }) : error
    })
    return tokenWasRefused(answer) ? undefined : answer
  })
  if (!response) throw new CalendarTrouble('refused')
  const kind = kindOfStatus(response.status)
  if (!kind) return response
  const problem = readProblem(readJson(response))
  // RFC 9457 §3.1.1: the type is compared as text.
  const cannotCheck = problem.type === `${context.config.addresses.calendarApiUrl}/#authorization-server-unavailable`
  throw new CalendarTrouble(cannotCheck ? 'cannot_check' : kind, problem)
}

function oneEvent(response: HttpResponse): CalendarEvent {
  const event = readEvent(readJson(response))
  if (!event) throw new CalendarTrouble('failing', { said: 'its answer is not an event' })
  return event
}

const pathOf = (id: string) => `/${encodeURIComponent(id)}`
const ifMatch = (etag: string | undefined): Record<string, string> => (etag ? { 'If-Match': etag } : {})
