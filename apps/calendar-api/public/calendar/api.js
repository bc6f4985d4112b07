// Step 6: requests to the calendar API, and its refusals in words for the user.

import { getAccessToken } from './tokens.js'

/** What the API answered instead of what was asked for. `message` is for the user. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail)
    this.status = status
  }
}

/** The API or the authorization server cannot be reached. */
export class Unreachable extends Error {
  constructor() {
    super('Cannot reach your calendar. Check your connection, then try again. Nothing that you saved is lost.')
  }
}

/** @param path what follows the address of a calendar's events */
export function request(calendar, path, options) {
  return requestAt(calendar.events + path, options)
}

/**
 * @param address a path of the API
 * @returns the response
 * @throws Refused, Unreachable, SignedOut
 */
export async function requestAt(address, { method = 'GET', body, headers = {}, signal } = {}) {
  const send = token =>
    fetch(address, {
      method,
      signal,
      ...(body && { body: JSON.stringify(body) }),
      headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }), ...headers },
    })
  const response = await reach(async () => {
    const token = await getAccessToken()
    const first = await send(token)
    // The token expired or was withdrawn: once more with a new one (step 7).
    return first.status === 401 ? send(await getAccessToken(token)) : first
  }, signal)
  if (response.ok) return response
  const { error, ...problem } = await response.json().catch(() => ({}))
  if (error) throw new Refused(response.status, error.message) // the form of Google's addresses
  if (response.status === 503)
    throw new Refused(503, problem.detail ?? 'The calendar is not ready. Try again in a moment.')
  throw new Refused(response.status, problem.detail ?? `The calendar answered with ${response.status}.`)
}

async function reach(send, signal) {
  try {
    return await send()
  } catch (error) {
    if (error instanceof TypeError && !signal?.aborted) throw new Unreachable()
    throw error
  }
}

/** All events that are shown between two moments, each event of a series by itself. */
export function listEvents(calendar, start, end) {
  return listAll(calendar, { singleEvents: 'true', timeMin: start.toISOString(), timeMax: end.toISOString() })
}

/** The single events of a series that were changed or cancelled on their own. */
export async function listChangedSingles(calendar, { id, iCalUID }) {
  const events = await listAll(calendar, { iCalUID, showDeleted: 'true' })
  return events.filter(({ recurringEventId }) => recurringEventId === id)
}

async function listAll(calendar, query) {
  const events = []
  let pageToken
  do {
    const parameters = { ...query, maxResults: '2500', ...(pageToken && { pageToken }) }
    const page = await request(calendar, `?${new URLSearchParams(parameters)}`)
    const { items, nextPageToken } = await page.json()
    events.push(...items)
    pageToken = nextPageToken
  } while (pageToken)
  return events
}

export async function readEvent(calendar, id) {
  return (await request(calendar, `/${id}`)).json()
}

export async function createEvent(calendar, event) {
  return (await request(calendar, '', { method: 'POST', body: event })).json()
}

/** @param event as it was read: it is changed only if it is still the same (If-Match) */
export async function changeEvent(calendar, event, changes) {
  const headers = event.etag ? { 'If-Match': event.etag } : {}
  return (await request(calendar, `/${event.id}`, { method: 'PATCH', body: changes, headers })).json()
}

/** What the API sets itself, such as `etag`, it ignores. */
export async function replaceEvent(calendar, event) {
  return (await request(calendar, `/${event.id}`, { method: 'PUT', body: event })).json()
}

export async function deleteEvent(calendar, event) {
  await request(calendar, `/${event.id}`, { method: 'DELETE', headers: event.etag ? { 'If-Match': event.etag } : {} })
}

/** How many events of a series begin before this moment, cancelled ones included. */
export async function countBefore(calendar, id, moment) {
  const query = { timeMax: moment, showDeleted: 'true', maxResults: '2500' }
  const { items } = await (await request(calendar, `/${id}/instances?${new URLSearchParams(query)}`)).json()
  return items.length
}
