// The user's calendars, at the addresses of the Google Calendar API: the list, what is shown of it, and moving an event.

import { request, requestAt } from './api.js'

const LIST = '/calendar/v3/users/me/calendarList'
const CALENDARS = '/calendar/v3/calendars'

/** Everybody has this one. */
export const PRIMARY = { id: 'primary', name: 'My calendar', events: '/calendar/events', isShown: true }

let known = [PRIMARY]

/** As they were read last, the primary one first. */
export function calendars() {
  return known
}

export function calendarNamed(id) {
  return known.find(calendar => calendar.id === id) ?? PRIMARY
}

export async function readCalendars() {
  const { items } = await (await requestAt(LIST)).json()
  known = items.map(({ id, primary, summary, summaryOverride, backgroundColor, selected }) => ({
    ...(primary ? PRIMARY : { id, events: `${CALENDARS}/${encodeURIComponent(id)}/events`, color: backgroundColor }),
    name: summaryOverride ?? summary,
    isShown: selected,
  }))
  return known
}

export async function setShown({ id }, selected) {
  await requestAt(`${LIST}/${encodeURIComponent(id)}`, { method: 'PATCH', body: { selected } })
}

export async function addCalendar(summary, timeZone) {
  await requestAt(CALENDARS, { method: 'POST', body: { summary, timeZone } })
}

/** @returns the event as it is in the other calendar */
export async function moveEvent(event, from, to) {
  const place = { events: `${CALENDARS}/${encodeURIComponent(from.id)}/events` }
  const path = `/${event.id}/move?${new URLSearchParams({ destination: to.id })}`
  return (await request(place, path, { method: 'POST', headers: { 'If-Match': event.etag } })).json()
}
