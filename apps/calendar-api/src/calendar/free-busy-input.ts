/** Reads the question when a user is busy (Google Calendar API v3, Freebusy: query). */
import { z } from 'zod'
import { invalid, Problem } from '../problem'
import type { Interval } from './busy'
import { readMembers } from './calendar-input'
import { findTimeZone, parseInstant } from './time'

/** Google's limit. */
const MOST_CALENDARS = 50
const LONGEST_MS = 92 * 86_400_000

const moment = (description: string) =>
  z
    .string('must be text')
    .refine(
      text => parseInstant(text) !== undefined,
      'must be a date and time with an offset, such as 2027-03-28T00:00:00Z',
    )
    .describe(description)
    .meta({ format: 'date-time', examples: ['2027-03-28T00:00:00Z'] })

export const freeBusyQuestion = z
  .object({
    timeMin: moment('The beginning of the time asked about.'),
    timeMax: moment('Its end, at most 92 days later.'),
    timeZone: z
      .string('must be text')
      .refine(name => findTimeZone(name) !== undefined, 'must be an IANA time zone name such as Europe/Amsterdam')
      .describe('The zone of the times in the answer. The default is UTC.')
      .optional(),
    items: z
      .array(
        z.object({ id: z.string('must be a list of objects with an id') }, 'must be a list of objects with an id'),
        'must be a list of objects with an id',
      )
      .describe(`The calendars, at most ${MOST_CALENDARS}.`)
      .optional(),
  })
  .describe('When is the user busy?')

export interface FreeBusyQuestion {
  within: Interval
  timeZone: string
  /** Each once. */
  ids: string[]
}

/** @throws Problem 400 that names the first invalid member */
export function readFreeBusyQuestion(body: unknown): FreeBusyQuestion {
  const { timeMin, timeMax, timeZone = 'UTC', items = [] } = readMembers(freeBusyQuestion, body)
  const within = { start: parseInstant(timeMin) ?? Number.NaN, end: parseInstant(timeMax) ?? Number.NaN }
  if (within.start >= within.end) throw invalid({ pointer: '#/timeMax' }, 'must be after timeMin')
  if (within.end - within.start > LONGEST_MS) {
    throw new Problem(400, 'The time from timeMin to timeMax is longer than 92 days. Ask about less.', {
      check: 'freebusy.range',
    })
  }
  const ids = [...new Set(items.map(({ id }) => id))]
  if (ids.length > MOST_CALENDARS) {
    throw new Problem(400, `items has more than ${MOST_CALENDARS} calendars. Ask about fewer.`, {
      check: 'freebusy.count',
    })
  }
  return { within, timeZone, ids }
}
