import type { Occurrence, Series } from '../src/calendar/recurrence/series'

/** @param from in milliseconds since 1970, like `to` @returns the events of a series between the two */
export function occurrences(series: Series, from: number, to: number): Occurrence[] {
  return [...series.between(from, to)].filter(found => found !== undefined)
}
