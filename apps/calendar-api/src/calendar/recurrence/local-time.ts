/**
 * Local times, as the milliseconds since 1970 at which UTC would show them. A rule repeats a local time, whatever the offset
 * from UTC is on each day.
 */
import { FixedOffsetZone, IANAZone, type Zone } from 'luxon'
import { findTimeZone } from '../time'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Where an event repeats. */
export interface Place {
  /** An IANA name; undefined for an event without one, which keeps the offset of its start. */
  timeZone: string | undefined
  zone: Zone
}

/** @param dateTime RFC 3339, with an offset */
export function placeOf(dateTime: string, timeZone: string | undefined): Place {
  const name = timeZone === undefined ? undefined : findTimeZone(timeZone)
  if (name) return { timeZone, zone: IANAZone.create(name) }
  const offset = /([+-])(\d\d):(\d\d)$/.exec(dateTime)
  const minutes = offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) : 0
  return { timeZone: undefined, zone: FixedOffsetZone.instance(minutes) }
}

export function toLocal(instant: number, place: Zoned): number {
  return instant + offsetOf(instant, place) * MINUTE_MS
}

/** RFC 5545 §3.3.5: a local time that occurs twice means the first; one that is skipped has the offset before the gap. */
export function toInstant(local: number, place: Zoned): number {
  const before = local - offsetOf(local - DAY_MS, place) * MINUTE_MS
  const after = local - offsetOf(local + DAY_MS, place) * MINUTE_MS
  return after !== before && toLocal(before, place) !== local && toLocal(after, place) === local ? after : before
}

type Zoned = Pick<Place, 'zone'>

/** @returns the offset at an instant, in minutes. No place changes its clocks twice within a few days */
function offsetOf(instant: number, place: Zoned): number {
  const step = Math.floor(instant / STEP_MS)
  const offset = offsetAt(step, place)
  return offset === offsetAt(step + 1, place) ? offset : place.zone.offset(instant)
}

const STEP_MS = 4 * DAY_MS
const offsets = new Map<string, number>()
/** Each has two numbers and a name. */
const MOST_OFFSETS = 20_000

/** Remembered, because `Intl` takes long. */
function offsetAt(step: number, { zone }: Zoned): number {
  const key = `${zone.name} ${step}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  if (offsets.size >= MOST_OFFSETS) offsets.clear()
  const offset = zone.offset(step * STEP_MS)
  offsets.set(key, offset)
  return offset
}

/** @returns RFC 3339, with the offset that is in force there at that moment */
export function formatInstant(instant: number, place: Place): string {
  const offset = offsetOf(instant, place)
  const local = new Date(instant + offset * MINUTE_MS).toISOString().replace(/(\.000)?Z$/, '')
  if (offset === 0) return `${local}Z`
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return `${local}${offset < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`
}

const twoDigits = (number: number) => String(number).padStart(2, '0')
