/** Step 6: the calendar API, called with the access token in the `Authorization` header (RFC 6750 §2.1). */
import type { Context } from '../context'
import { type HttpRequest, type HttpResponse, NoAnswer, readJson } from '../http-client'
import { recordApiCall } from '../journal'
import { withAccessToken } from '../oauth/connection'
import { CalendarTrouble, kindOfStatus, readProblem } from './calendar-trouble'
import { type CalendarEvent, type EventContent, readEvent } from './event'

const PAGE_SIZE = 250
/** More than two thousand events in one view are nobody's calendar. */
const MAX_PAGES = 8

/**
 * The events that touch a stretch of time, by their start.
 * @param range RFC 3339 times
 * @throws CalendarTrouble, NotConnected, AuthServerUnavailable; so does every function here
 */
export async function listEvents(
  context: Context,
  userId: string,
  range: { timeMin: string; timeMax: string },
): Promise<CalendarEvent[]> {
  const events: CalendarEvent[] = []
  let pageToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ ...range, orderBy: 'startTime', maxResults: String(PAGE_SIZE) })
    if (pageToken) query.set('pageToken', pageToken)
    const answer = readJson(await call(context, userId, { method: 'GET', path: `?${query}` }))
    if (!Array.isArray(answer?.items)) throw new CalendarTrouble('failing', 'its answer is not a list of events')
    events.push(...answer.items.flatMap(item => readEvent(item) ?? []))
    pageToken = typeof answer.nextPageToken === 'string' ? answer.nextPageToken : undefined
    if (!pageToken) break
  }
  return events
}

export async function getEvent(context: Context, userId: string, id: string): Promise<CalendarEvent> {
  return oneEvent(await call(context, userId, { method: 'GET', path: pathOf(id) }))
}

/** @param id chosen by us, so that doing it twice makes one event: the second time it `exists` */
export async function createEvent(
  context: Context,
  userId: string,
  id: string,
  content: EventContent,
): Promise<CalendarEvent> {
  return oneEvent(await call(context, userId, { method: 'POST', path: '', body: { id, ...content } }))
}

/** @param etag the version that the change was made to (RFC 9110 §13.1.1), or undefined to change whatever is there */
export async function changeEvent(
  context: Context,
  userId: string,
  id: string,
  content: Partial<EventContent>,
  etag?: string,
): Promise<CalendarEvent> {
  const request = { method: 'PATCH' as const, path: pathOf(id), body: content, headers: ifMatch(etag) }
  return oneEvent(await call(context, userId, request))
}

export async function deleteEvent(context: Context, userId: string, id: string, etag?: string): Promise<void> {
  await call(context, userId, { method: 'DELETE', path: pathOf(id), headers: ifMatch(etag) })
}

/** RFC 6750 §3.1: 401 with `invalid_token` asks for a new token. Any other 401 is not about the token's age. */
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
      throw error instanceof NoAnswer ? new CalendarTrouble(error.why) : error
    })
    await recordApiCall(context, userId, { request, response: answer })
    return tokenWasRefused(answer) ? undefined : answer
  })
  if (!response) throw new CalendarTrouble('refused')
  const kind = kindOfStatus(response.status)
  if (!kind) return response
  const { said, fields } = readProblem(readJson(response))
  throw new CalendarTrouble(kind, said, fields)
}

function oneEvent(response: HttpResponse): CalendarEvent {
  const event = readEvent(readJson(response))
  if (!event) throw new CalendarTrouble('failing', 'its answer is not an event')
  return event
}

const pathOf = (id: string) => `/${encodeURIComponent(id)}`
const ifMatch = (etag: string | undefined): Record<string, string> => (etag ? { 'If-Match': etag } : {})
