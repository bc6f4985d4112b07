/**
 * A VTIMEZONE (RFC 5545 §3.6.5): when the clocks of a place changed, and to which offset. The time zone data are those of this
 * program's own runtime. Each change is an observance of its own, without RRULE or RDATE: what a government decides follows no
 * rule for ever, and programs differ in how much of RDATE they read.
 */
import { remember } from '@glasshouse/shared/remember'
import { IANAZone } from 'luxon'
import { findTimeZone } from '../time'
import type { JComponent, JProperty } from './library'
import type { ZoneInUse } from './write-times'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** No place changes its clocks twice within so many days. */
const STEP_MS = 20 * DAY_MS
/** Changes outside these years are left out, so that no zone takes long. */
const EARLIEST = 1970
const LATEST = 2050

interface Change {
  at: number
  /** In minutes. */
  before: number
  after: number
}

export function formatTimeZone({ tzid, offset, from, to }: ZoneInUse): JComponent {
  const observances =
    offset === undefined ? observancesOf(tzid, from, to) : [observance('standard', offset, offset, START)]
  return ['vtimezone', [['tzid', {}, 'text', tzid]], observances]
}

function observancesOf(tzid: string, from: number, to: number): JComponent[] {
  // Whole years, so that few different ones have to be found. The year before has the offset of the first event.
  const [first, last] = [new Date(from).getUTCFullYear() - 1, new Date(to).getUTCFullYear() + 1]
  return observancesBetween(`${findTimeZone(tzid) ?? 'UTC'} ${clamp(first)} ${clamp(last)}`)
}

const clamp = (year: number) => Math.min(Math.max(year, EARLIEST), LATEST)

/** @param key a zone, and the first and the last year */
const observancesBetween = remember(300, (key: string): JComponent[] => {
  const [name = '', firstYear, lastYear] = key.split(' ')
  const zone = IANAZone.create(name)
  const first = Date.UTC(Number(firstYear), 0, 1)
  const changes = changesIn(zone, first, Date.UTC(Number(lastYear) + 1, 0, 1))
  const initial = zone.offset(first)
  const standard = Math.min(initial, ...changes.slice(-2).map(({ after }) => after))
  const text = formatOffset(initial)
  const observances = changes.map(change => {
    const { before, after } = change
    const kind = after > standard && after > before ? 'daylight' : 'standard'
    return observance(kind, formatOffset(before), formatOffset(after), onset(change))
  })
  const atFirst = Number(firstYear) === EARLIEST ? START : onset({ at: first, before: initial })
  return [observance('standard', text, text, atFirst), ...observances]
})

/** A local time before all events. */
const START = '0001-01-01T00:00:00'

/** §3.6.5: the onset is in the local time that was in force before. */
function onset({ at, before }: { at: number; before: number }): string {
  return new Date(at + before * MINUTE_MS).toISOString().slice(0, 19)
}

function observance(kind: 'standard' | 'daylight', from: string, to: string, start: string): JComponent {
  const properties: JProperty[] = [
    ['dtstart', {}, 'date-time', start],
    ['tzoffsetfrom', {}, 'utc-offset', from],
    ['tzoffsetto', {}, 'utc-offset', to],
  ]
  return [kind, properties, []]
}

function changesIn(zone: IANAZone, from: number, to: number): Change[] {
  const changes: Change[] = []
  let before = zone.offset(from)
  for (let at = from; at < to; at += STEP_MS) {
    const after = zone.offset(at + STEP_MS)
    if (after === before) continue
    changes.push({ at: findChange(zone, at, at + STEP_MS, before), before, after })
    before = after
  }
  return changes
}

/** @returns the first moment with another offset, to the minute */
function findChange(zone: IANAZone, from: number, to: number, before: number): number {
  let [low, high] = [from, to]
  while (high - low > MINUTE_MS) {
    const middle = Math.floor((low + high) / 2 / MINUTE_MS) * MINUTE_MS
    if (middle <= low || zone.offset(middle) === before) low = Math.max(middle, low + MINUTE_MS)
    else high = middle
  }
  return Math.floor(high / MINUTE_MS) * MINUTE_MS
}

/** @param minutes from UTC. @returns such as `+02:00` */
function formatOffset(minutes: number): string {
  const all = Math.round(Math.abs(minutes))
  const twoDigits = (number: number) => String(number).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(all / 60))}:${twoDigits(all % 60)}`
}
