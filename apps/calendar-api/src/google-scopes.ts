/**
 * Scopes by Google's names. A token may have them in place of this API's own (`docs/google.md`); the authorization server
 * issues them as they were asked for. The challenge to a token without the scope names ours.
 */
import type { Scope } from './scopes'

const google = (...names: string[]) => names.map(name => `https://www.googleapis.com/auth/calendar${name}`)

/** For events. */
export const FOR_EVENTS: Record<Scope, string[]> = {
  'calendar.read': google('', '.readonly', '.events', '.events.readonly'),
  'calendar.write': google('', '.events'),
}

/** For calendars and the list of calendars. */
export const FOR_CALENDARS: Record<Scope, string[]> = {
  'calendar.read': google('', '.readonly'),
  'calendar.write': google(''),
}

/** For the times at which a user is busy. */
export const FOR_FREE_BUSY = google('', '.readonly', '.freebusy')
