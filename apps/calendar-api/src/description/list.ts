/** A list of events and the parameters that select it. For now, `calendar/list-query.ts` checks what a client sends. */
import { z } from 'zod'
import { EXAMPLE, event } from './event'

const moment = z.string().meta({ format: 'date-time', examples: ['2027-03-28T00:00:00Z'] })

export const listParameters = z.object({
  timeMin: moment.describe('Only events that end after this moment.').optional(),
  timeMax: moment.describe('Only events that start before this moment.').optional(),
  q: z
    .string()
    .max(256)
    .describe('Only events whose title, description or location contains each of these words, in any case.')
    .optional(),
  orderBy: z
    .enum(['startTime', 'updated'])
    .describe('By start or by last change. The default is `startTime`.')
    .optional(),
  maxResults: z
    .int()
    .min(1)
    .describe('The size of a page: 250 by default. A larger number than 2500 means 2500.')
    .optional(),
  pageToken: z
    .string()
    .describe('The `nextPageToken` of the page before. All other parameters must be the same as there.')
    .optional(),
  singleEvents: z.enum(['true', 'false']).describe('Accepted, but repeating events are not expanded yet.').optional(),
})

export const eventList = z
  .object({
    items: z.array(event),
    nextPageToken: z.string().describe('Leads to the next page. The last page has none.').optional(),
  })
  .describe('A page of events.')

export const LIST_EXAMPLE = { items: [EXAMPLE] } satisfies z.infer<typeof eventList>
