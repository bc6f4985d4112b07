/** Which clock a person reads. The browser says it when it can run a script; else it is the calendar's own. */
import type { Request } from 'express'
import 'express-session'
import type { CalendarEvent } from './calendar/event'

/** @param events of the person's calendar: without a word from the browser, the zone most of them are in is theirs */
export function timeZoneFor(request: Request, events: CalendarEvent[] = []): string {
  if (request.session.timeZone) return request.session.timeZone
  const counts = new Map<string, number>()
  for (const { start } of events) {
    if ('dateTime' in start && start.timeZone) counts.set(start.timeZone, (counts.get(start.timeZone) ?? 0) + 1)
  }
  const [mostUsed] = [...counts].sort((one, other) => other[1] - one[1])
  return mostUsed?.[0] ?? 'UTC'
}

/** Every zone that this machine knows, for a list to choose from. */
export const TIME_ZONES: readonly string[] = [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC'),
]
