/**
 * Reads an iCalendar file (RFC 5545): its lines, its structure, then each event. `docs/decisions/icalendar.md` says what is
 * kept. Everything in the file is somebody else's: limits come first, and no error quotes it.
 */
import { Problem } from '../../problem'
import { findTimeZone } from '../time'
import { countSkipped, type EventComponent, readStructure, type Skipped } from './components'
import { readContentLines } from './content-lines'
import { type Fault, invalidFile, MOST_FAULTS } from './fault'
import { FaultyEvent, type FileEvent, readFileEvent } from './read-event'
import { TimeReader } from './read-times'

export interface FileContent {
  events: FileEvent[]
  skipped: Skipped[]
}

/**
 * What it takes to check a series, where 1 is to find one of its dates. One with COUNT counts as COUNT. All series of a file
 * together may not take longer than everything else.
 */
const COST_OF_SERIES = 10
const COST_OF_CHARACTER = 1 / 400
const MOST_COST = 1_000
/** A larger COUNT is refused later. */
const MOST_COUNT = 731

/**
 * @param bytes at most `LARGEST_FILE`
 * @throws Problem 400 whose `errors` name line, UID and property of each event that is not valid
 */
export function readCalendar(bytes: Uint8Array): FileContent {
  const { events, timeZones, timeZone, skipped } = readStructure(readContentLines(bytes))
  checkCostOfSeries(events)
  const byDefault = (timeZone !== undefined && findTimeZone(timeZone)) || 'UTC'
  const times = new TimeReader({ known: timeZones, byDefault })
  const read: FileEvent[] = []
  const faults: Fault[] = []
  const all = new Map(skipped.map(what => [JSON.stringify({ ...what, count: undefined }), what]))
  for (const component of events) {
    try {
      read.push(readFileEvent(component, times, what => countSkipped(all, { component: 'VEVENT', ...what })))
    } catch (error) {
      if (!(error instanceof FaultyEvent)) throw error
      faults.push(error.fault)
      if (faults.length >= MOST_FAULTS) break
    }
  }
  if (faults.length > 0) throw invalidFile(faults)
  return { events: read, skipped: [...all.values()] }
}

function checkCostOfSeries(events: EventComponent[]): void {
  let cost = 0
  for (const { lines, line } of events) {
    for (const text of lines) {
      if (!/^(RRULE|RDATE|EXDATE)[;:]/i.test(text)) continue
      const count = Number(/COUNT=(\d{1,9})/i.exec(text)?.[1] ?? COST_OF_SERIES)
      cost += /^RRULE/i.test(text) ? Math.min(count, MOST_COUNT) : text.length * COST_OF_CHARACTER
      if (cost <= MOST_COST) continue
      throw new Problem(
        400,
        `The file has too many series, counted up to line ${line}. All together may have ${MOST_COST} dates by COUNT, where ` +
          `a rule without COUNT counts as ${COST_OF_SERIES}. Split it into smaller files.`,
        { check: 'ics.limit' },
      )
    }
  }
}
