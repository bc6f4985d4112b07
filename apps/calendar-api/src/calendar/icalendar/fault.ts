/** What is wrong with an iCalendar file, in the words of its own format: line, event and property. */
import { type PlaceInFile, Problem } from '../../problem'

export interface Fault extends PlaceInFile {
  /** Continues after the property's name. */
  detail: string
}

/** An error for each event, but not thousands. */
export const MOST_FAULTS = 20

/** Names in a file are chosen by its author. They are in `errors`; the log gets only the line's number. */
export function invalidFile(faults: Fault[]): Problem {
  const [first] = faults as [Fault]
  const rest = faults.length > 1 ? ` ${faults.length - 1} more: see errors.` : ''
  const detail = `Line ${first.line} of the file: ${first.property ?? 'it'} ${first.detail}.${rest} Nothing was imported.`
  return new Problem(400, detail, { errors: faults.slice(0, MOST_FAULTS), check: 'ics' })
}
