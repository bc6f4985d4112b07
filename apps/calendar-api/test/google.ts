/** What tests of Google's addresses share. */
import { type Answer, callerOf, newOwner, type TestCalendarApi } from './support'

/** @returns a function that sends a request to one of Google's addresses, with everything allowed that Tripmate may */
export function googleOf(api: TestCalendarApi, owner = newOwner()) {
  return callerOf(api, api.token(owner), '/calendar/v3')
}

/** @returns why Google's error format says that a request was refused */
export function reasonOf({ json }: Pick<Answer, 'json'>): string | undefined {
  return json.error.errors[0]?.reason
}

/** @returns a new user with a second calendar, which `me` can use */
export async function withSecondCalendar(api: TestCalendarApi) {
  const owner = newOwner()
  const me = googleOf(api, owner)
  const { json } = await me('POST', '/calendars', { body: { summary: 'Allotment', timeZone: 'Europe/London' } })
  return { owner, me, id: json.id as string, etag: json.etag as string }
}
