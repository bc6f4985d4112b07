/** A list of events and the parameters that select it. `calendar/list-query.ts` checks what a client sends with them. */
import { z } from 'zod'
import { nameOfProperty } from '../calendar/extended-properties'
import { parseInstant } from '../calendar/time'
import { deletedEvent, EXAMPLE, event } from './event'

/** Google's limits. */
const MOST_RESULTS = 2500
const LONGEST_Q = 256

/** In milliseconds since 1970. */
const moment = z
  .string()
  .transform((sent, { issues }) => {
    const instant = parseInstant(sent)
    if (instant !== undefined) return instant
    const hint = / \d\d:\d\d$/.test(sent) ? ' (write + as %2B in a URL)' : ''
    const message = `must be a date and time with an offset, such as 2027-03-28T00:00:00Z${hint}`
    issues.push({ code: 'custom', input: sent, message })
    return z.NEVER
  })
  .meta({ format: 'date-time', examples: ['2027-03-28T00:00:00Z'] })

const flag = z.enum(['true', 'false'], 'must be true or false').transform(sent => sent === 'true')

/** As `extended-properties.ts` names it. */
const property = (kind: 'private' | 'shared') =>
  z
    .array(
      z
        .string()
        .regex(/^[^=]+=/, 'must be a key and a value, such as tripId=42')
        .transform(sent => nameOfProperty(kind, sent)),
    )
    .describe(`Only events with this extended property (${kind}), such as \`tripId=42\`. Repeated: with all of them.`)
    .optional()

const COUNT = `must be a whole number from 1 to ${MOST_RESULTS}`

const common = {
  timeMin: moment.describe('Only events that end after this moment.').optional(),
  timeMax: moment
    .describe('Only events that start before this moment. Without it, series are expanded for two years.')
    .optional(),
  showDeleted: flag
    .describe(
      'Whether to include cancelled events. The default is `false`. A list without other filters then also names the events ' +
        'that were deleted in the last 90 days.',
    )
    .optional(),
  // Google: "The page size can never be larger than 2500". A larger number is therefore accepted, and means 2500.
  maxResults: z
    .int(COUNT)
    .min(1, COUNT)
    .transform(sent => Math.min(sent, MOST_RESULTS))
    .describe('The size of a page: 250 by default. A larger number than 2500 means 2500.')
    .optional(),
  pageToken: z
    .string()
    .describe('The `nextPageToken` of the page before. All other parameters must be the same as there.')
    .optional(),
}

export const listParameters = z.object({
  ...common,
  q: z
    .string()
    .max(LONGEST_Q)
    .refine(sent => !sent.includes('\0'), 'must not contain NUL')
    .describe('Only events whose title, description, location or attendees contain each of these words, in any case.')
    .optional(),
  updatedMin: moment
    .describe(
      'Only events that changed at this moment or later, also cancelled and deleted ones. At most 90 days ago (410). The ' +
        'list is then in the order of the last change.',
    )
    .optional(),
  iCalUID: z.string().describe('Only the event or series with this `iCalUID`.').optional(),
  privateExtendedProperty: property('private'),
  sharedExtendedProperty: property('shared'),
  singleEvents: flag
    .describe('Whether to list each event of a series by itself, instead of the series. The default is `false`.')
    .optional(),
  orderBy: z
    .enum(['startTime', 'updated'], 'must be startTime or updated')
    .describe(
      'By start, only with `singleEvents=true`, or by last change. Without it: by start, or with `updatedMin` by last change.',
    )
    .optional(),
  syncToken: z
    .string()
    .describe(
      'The `nextSyncToken` of an earlier list: only what has changed since. Not together with another filter, `orderBy` or ' +
        '`singleEvents=true`.',
    )
    .optional(),
})

/** The list of the single events of one series. */
export const instancesParameters = z.object(common)

export const eventList = z
  .object({
    items: z.array(z.union([event, deletedEvent])),
    nextPageToken: z.string().describe('Leads to the next page. The last page has none.').optional(),
    nextSyncToken: z
      .string()
      .describe('On the last page of a list of everything, and of a sync. It asks for what changes from now on.')
      .optional(),
  })
  .describe('A page of events.')

export const LIST_EXAMPLE = { items: [EXAMPLE] } satisfies z.infer<typeof eventList>

/** Text, so only for people: an event of `GET /calendar/events/stream`. */
export const changeStream = z
  .string()
  .describe('Server-sent events. `data` is JSON: `{"changes": number}`, how many there have been.')

export const STREAM_EXAMPLE = 'retry: 2000\n\nid: 42\nevent: change\ndata: {"changes":42}\n\n'
