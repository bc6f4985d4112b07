/**
 * An event as a client sends it. `calendar/event-input.ts` checks it with this schema, after it has removed members that are
 * `null`: they mean the same as missing ones.
 */
import { z } from 'zod'
import { type Moment, MUST_BE, readMoment } from '../calendar/sent-time'
import { content, date, id, timeZone } from './event'

const TIME = 'must be an object with either dateTime or date'

const time = z
  .object(
    {
      dateTime: z
        .string(MUST_BE.dateTime)
        .nullish()
        .describe('RFC 3339. It may lack an offset if there is a `timeZone`.')
        .meta({ examples: ['2027-03-28T10:00:00+02:00', '2027-03-28T10:00:00'] }),
      timeZone: timeZone.nullish(),
      date: date.nullish(),
    },
    { error: ({ input }) => (input === undefined ? 'is missing' : TIME) },
  )
  .transform((sent, { issues }): Moment => {
    const moment = readMoment(sent)
    if (!('wrong' in moment)) return moment
    issues.push({ code: 'custom', input: sent, path: moment.path, message: moment.wrong })
    return z.NEVER
  })
  .describe('Either `dateTime`, or `date` for a whole day.')

const chosenId = id.describe(
  'To create an event with an id of your choice, so that a repeated request creates it once.',
)

/** What is checked. */
export const sentEvent = z.object({ id: chosenId.optional(), ...content.shape, start: time, end: time })

export type SentEvent = z.output<typeof sentEvent>

const { start, end, ...others } = sentEvent.shape
const orNull = Object.fromEntries(Object.entries<z.ZodType>(others).map(([name, type]) => [name, type.nullable()]))

/** The body of POST and PUT, as it is described. */
export const newEvent = z
  .object({ ...orNull, start, end })
  .describe(
    'An event to be stored. `null` means the same as leaving a member out, and members that are not listed here are ignored.',
  )

/** The body of PATCH. What is checked is the event that results. */
export const eventPatch = z
  .object({ ...orNull, start: start.optional(), end: end.optional() })
  .describe(
    'A merge patch (RFC 7396): only what changes, also inside a member. `null` removes a member; a list is replaced.',
  )

export const NEW_EXAMPLE = {
  summary: 'Breakfast',
  location: 'Kitchen',
  start: { dateTime: '2027-03-28T10:00:00', timeZone: 'Europe/Amsterdam' },
  end: { dateTime: '2027-03-28T11:00:00', timeZone: 'Europe/Amsterdam' },
} satisfies z.input<typeof sentEvent>

export const WHOLE_DAY_EXAMPLE = {
  summary: 'Trip to the coast',
  start: { date: '2027-03-29' },
  end: { date: '2027-03-31' },
} satisfies z.input<typeof sentEvent>
