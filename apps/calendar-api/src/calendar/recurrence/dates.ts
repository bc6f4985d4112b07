/** Reads the lines RDATE and EXDATE (RFC 5545 §3.8.5.1 and §3.8.5.2): dates that are added to a series, or left out. */
import { findTimeZone, parseDate, parseDateTime } from '../time'
import { type Place, placeOf, toInstant } from './local-time'
import { InvalidRule } from './rule'

const LINE = /^(RDATE|EXDATE)((?:;[A-Z]+=[^;:]+)*):([0-9TZ,]+)$/

/**
 * @param place of times without a zone; undefined if the event takes whole days
 * @returns undefined for another kind of line
 * @throws InvalidRule
 */
export function readDates(
  line: string,
  place: Place | undefined,
): { name: 'RDATE' | 'EXDATE'; at: number[] } | undefined {
  const [, name, parameters = '', values = ''] = LINE.exec(line) ?? []
  if (name !== 'RDATE' && name !== 'EXDATE') return undefined
  let there = place
  for (const parameter of parameters.split(';').slice(1)) {
    const [key, value = ''] = parameter.split('=')
    if (key === 'TZID' && place && findTimeZone(value)) there = placeOf('', value)
    else if (parameter !== (place ? 'VALUE=DATE-TIME' : 'VALUE=DATE')) {
      throw new InvalidRule(`must not have ${parameter} in ${name}`)
    }
  }
  return { name, at: values.split(',').map(value => readValue(name, value, there)) }
}

function readValue(name: string, value: string, place: Place | undefined): number {
  const [, year, month, day, time, utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})(Z?))?$/.exec(value) ?? []
  const date = `${year}-${month}-${day}`
  const clock = time?.replace(/(\d\d)(?=\d)/g, '$1:')
  const isValid = place ? parseDateTime(`${date}T${clock}Z`) : !clock && parseDate(date) !== undefined
  if (!isValid) {
    const example = place ? 'times such as 20271231T090000Z' : 'dates such as 20271231'
    throw new InvalidRule(`must have ${name} with ${example}, because start is of that kind`)
  }
  const local = Date.parse(`${date}T${clock ?? '00:00:00'}Z`)
  return place && !utc ? toInstant(local, place) : local
}
