/** The name of an event in iCalendar files (RFC 5545 §3.8.4.7): `<id>@glasshouse.example`. Single events of a series share it. */

/** Not this API's address, which can change while the name must not. Google's calendar writes `@google.com` for everybody. */
const DOMAIN = '@glasshouse.example'

export function formatICalUid({ id, recurringEventId }: { id: string; recurringEventId?: string | undefined }): string {
  return (recurringEventId ?? id) + DOMAIN
}

/** @returns the id of the event or series; empty if the name is not one of this calendar's, so that no event has it */
export function parseICalUid(uid: string): string {
  return uid.endsWith(DOMAIN) ? uid.slice(0, -DOMAIN.length) : ''
}
