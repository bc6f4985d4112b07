/** The library `ical.js`, with the types of what it parses: jCal (RFC 7265), which is JSON. */
import ICAL from 'ical.js'

/** Name, parameters, type, and at least one value. */
export type JProperty = [string, Record<string, string | string[]>, string, ...unknown[]]
/** Name, properties, components. */
export type JComponent = [string, JProperty[], JComponent[]]

// In octets. The library does not count the space that begins a continued line, and §3.1 allows 75 in all.
ICAL.foldLength = 74

/** @throws Error that says what is wrong with a value */
export function parseComponent(lines: string[]): JComponent {
  return ICAL.parse(lines.join('\r\n')) as JComponent
}

/** @returns its lines, each with CRLF (RFC 5545 §3.1) */
export function formatComponent(component: JComponent): string {
  return ICAL.stringify(component as unknown as unknown[])
}

/** @returns a property, folded (RFC 5545 §3.1), without the end of its last line */
export function formatLines(property: JProperty): string {
  return ICAL.stringify.property(property, ICAL.design.icalendar, false)
}

/** @returns a property as one line */
export function formatProperty(property: JProperty): string {
  return ICAL.stringify.property(property, ICAL.design.icalendar, true)
}

/** @param line such as `RRULE:FREQ=DAILY` */
export function parseProperty(line: string): JProperty {
  return ICAL.parse.property(line, ICAL.design.icalendar) as unknown as JProperty
}

/** @param text such as `P1DT1H`. @returns whole days and the seconds besides; undefined if it is not a duration (RFC 5545 §3.3.6) */
export function durationOf(text: string): { days: number; seconds: number } | undefined {
  // Stricter than the library, which would read as much as it understands.
  if (!/^[+-]?P(\d{1,5}W|(?=[\dT])(\d{1,6}D)?(T(?=\d)(\d{1,7}H)?(\d{1,8}M)?(\d{1,9}S)?)?)$/.test(text)) return undefined
  const { isNegative, weeks, days, hours, minutes, seconds } = ICAL.Duration.fromString(text)
  const sign = isNegative ? -1 : 1
  return { days: sign * (weeks * 7 + days), seconds: sign * (hours * 3600 + minutes * 60 + seconds) }
}

/** @param text such as `PT1H`. @returns seconds, where a day has 24 hours; NaN if it is not a duration */
export function secondsOf(text: string): number {
  const { days, seconds } = durationOf(text) ?? { days: Number.NaN, seconds: 0 }
  return days * 86_400 + seconds
}
