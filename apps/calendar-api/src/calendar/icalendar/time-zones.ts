/** Which time zone a file means: an IANA name, or a fixed distance from UTC. */
import { findIana } from 'windows-iana'
import { findTimeZone } from '../time'

/** A time zone of an event: either a name, or for an event without one the offset of its start. */
export type FileZone = { timeZone: string } | { offset: string }

/** The name of a zone that has only an offset. Other programs read the VTIMEZONE that goes with it. */
export function formatOffsetZone(offset: string): string {
  return `UTC${offset}`
}

/**
 * The rules in a VTIMEZONE are not read: they may be made to be slow, and are often wrong. The zone is recognised by its name,
 * as Google's and Apple's calendars do: an IANA name, alone or at the end (`/citadel.org/20250101_1/Europe/Berlin`), the
 * `X-LIC-LOCATION` of the VTIMEZONE, or a name of Windows (`W. Europe Standard Time`, CLDR).
 * @param timeZones by TZID: X-LIC-LOCATION
 */
export function resolveTimeZone(tzid: string, timeZones: ReadonlyMap<string, string>): FileZone | undefined {
  const offset = /^UTC([+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(tzid)?.[1]
  if (offset) return { offset }
  const parts = tzid.replace(/^\/+/, '').split('/')
  const names = [tzid, ...[3, 2].map(count => parts.slice(-count).join('/')), timeZones.get(tzid) ?? '']
  const timeZone = names.find(name => findTimeZone(name)) ?? findIana(tzid)[0]
  return timeZone === undefined ? undefined : { timeZone }
}
