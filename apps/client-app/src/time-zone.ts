/** The user's time zone. A script in the browser reports it; without a script, it is the calendar's. */
import { remember } from '@glasshouse/shared/remember'
import type { Request } from 'express'
import 'express-session'
import type { CalendarEvent } from './calendar/event'

/** @param events of the user's calendar: if the browser reports no zone, the zone of most events is used */
export function timeZoneFor(request: Request, events: CalendarEvent[] = []): string {
  if (request.session.timeZone) return request.session.timeZone
  const counts = new Map<string, number>()
  for (const { start } of events) {
    if ('dateTime' in start && start.timeZone) counts.set(start.timeZone, (counts.get(start.timeZone) ?? 0) + 1)
  }
  const [mostUsed] = [...counts].sort((one, other) => other[1] - one[1])
  return mostUsed?.[0] ?? 'UTC'
}

/** Every time zone that this machine knows. */
const TIME_ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')]

/**
 * The choices in a form, as HTML. They are more than 400, so they are written once for each zone that is selected.
 * @param selected may come from a user. If it is not among the choices (`isChoice`), the form must add it
 */
export function timeZoneOptions(selected: string): { isChoice: boolean; html: string } {
  const isChoice = TIME_ZONES.includes(selected)
  return { isChoice, html: optionsWith(isChoice ? selected : '') }
}

const optionsWith = remember(50, (selected: string) =>
  TIME_ZONES.map(zone => `<option${zone === selected ? ' selected' : ''}>${zone}</option>`).join(''),
)
