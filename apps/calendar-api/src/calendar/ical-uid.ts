/** The name of an event in iCalendar files (RFC 5545 §3.8.4.7): `<id>@glasshouse.example`. Single events of a series share it. */

import { isEventId } from './event-id'

/** Not this API's address, which can change while the name must not. Google's calendar writes `@google.com` for everybody. */
const DOMAIN = '@glasshouse.example'

export function formatICalUid({ id, recurringEventId }: { id: string; recurringEventId?: string | undefined }): string {
  return (recurringEventId ?? id) + DOMAIN
}

/** @returns the id of the event or series; empty, which is no event's id, if this calendar makes no such name */
export function parseICalUid(uid: string): string {
  const id = uid.endsWith(DOMAIN) ? uid.slice(0, -DOMAIN.length) : ''
  return isEventId(id) && !id.includes('_') ? id : ''
}
