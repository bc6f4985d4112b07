/** The name of an event in iCalendar files (RFC 5545 §3.8.4.7). Single events of a series share it. */
import { createHash } from 'node:crypto'
import { isEventId } from './event-id'

/** Not this API's address, which can change while the name must not. Google's calendar writes `@google.com` for everybody. */
const DOMAIN = '@glasshouse.example'

interface Named {
  id: string
  recurringEventId?: string | undefined
  /** For an event that came from a file: its name there. */
  icalUid?: string | undefined
}

/** @returns `<id>@glasshouse.example` for an event that was created here */
export function formatICalUid({ id, recurringEventId, icalUid }: Named): string {
  return icalUid ?? (recurringEventId ?? id) + DOMAIN
}

/**
 * @returns the id of the event or series that has this name. An event from elsewhere has an id that follows from its name, so
 * that one name is one event, also when two requests bring it at the same time
 */
export function parseICalUid(uid: string): string {
  const own = uid.endsWith(DOMAIN) ? uid.slice(0, -DOMAIN.length) : undefined
  if (isEventId(own) && !own.includes('_')) return own
  const hash = createHash('sha256').update(uid).digest('hex').slice(0, 40)
  return BigInt(`0x${hash}`).toString(32).padStart(32, '0')
}

/** @returns what is to be stored of an event's name: nothing, if it follows from its id */
export function foreignUid(uid: string): string | undefined {
  return uid === parseICalUid(uid) + DOMAIN ? undefined : uid
}
