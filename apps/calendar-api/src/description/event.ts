/** An event as the API answers it. Names and meanings are those of the Events resource of the Google Calendar API v3. */
import { z } from 'zod'
import { EVENT_ID } from '../calendar/event-id'
import { MUST_BE } from '../calendar/sent-time'
import { details } from './event-details'
import { text } from './text'

const dateTime = z
  .string()
  .describe('RFC 3339. In an answer it always has an offset.')
  .meta({ format: 'date-time', examples: ['2027-03-28T10:00:00+02:00'] })

export const timeZone = z
  .string(MUST_BE.timeZone)
  .describe('An IANA time zone name.')
  .meta({ examples: ['Europe/Amsterdam'] })

export const date = z
  .string(MUST_BE.date)
  .describe('A day without a time zone.')
  .meta({ format: 'date', examples: ['2027-03-28'] })

export const eventTime = z
  .union([
    z.object({ dateTime, timeZone: timeZone.optional() }).describe('A moment.'),
    z.object({ date }).describe('A whole day.'),
  ])
  .describe('A moment or a whole day.')

const ID = 'must have 5 to 1024 characters, each a digit or a letter from a to v; not stream'

export const id = z
  .string(ID)
  .regex(EVENT_ID, ID)
  .describe(
    '5 to 1024 characters, each a digit or a letter from a to v. A single event of a series has the id of the series, ' +
      '`_`, and its start in UTC (or its date).',
  )
  .meta({
    examples: ['0k3v8r2m5q7t9d1n4h6j8c0a2e', '0k3v8r2m5q7t9d1n4h6j8c0a2e_20270328T080000Z'],
  })

const status = z
  .enum(['confirmed', 'tentative', 'cancelled'])
  .describe('A `cancelled` event can still be read by its id. A list leaves it out, except with `showDeleted=true`.')

const summary = text(1024)
  .describe('The title.')
  .meta({ examples: ['Breakfast'] })
const description = text(8192).describe('What it is about.')
const location = text(1024).describe('Where it takes place, as free text.')

const LINE = 'must be a line such as "RRULE:FREQ=WEEKLY;COUNT=4"'
const LINES = 'must be a list of at most 20 lines such as "RRULE:FREQ=WEEKLY;COUNT=4"'

const recurrence = z
  .array(z.string(LINE).regex(/^[\x21-\x7e]{1,1024}$/, LINE), LINES)
  .max(20, LINES)
  .describe(
    'How it repeats: lines of RFC 5545 §3.8.5 (RRULE, RDATE, EXDATE). The event is then a series: `singleEvents=true` and ' +
      '`instances` give its single events, each of which can be changed or cancelled by its own id.',
  )
  .meta({ examples: [['RRULE:FREQ=WEEKLY;COUNT=4']] })

/** What a client can set. Each member can be missing. */
export const content = z.object({ status, summary, description, location, recurrence, ...details }).partial()

/** What the API answers. */
export const event = z
  .object({
    id,
    etag: z
      .string()
      .describe('The tag of this version, quotes included. Send it in `If-Match`.')
      .meta({ examples: ['"bXlldGFn"'] }),
    created: z.string().meta({ format: 'date-time' }),
    updated: z.string().describe('When it last changed.').meta({ format: 'date-time' }),
    creator: z
      .object({
        id: z.string().describe('The user: the `sub` of the access token that the event was created with.'),
        self: z.boolean().describe('Whether this user is the owner of the calendar: always `true`.'),
        clientId: z
          .string()
          .describe('The app: the `client_id` of the access token. Missing for events that came with the demo.')
          .optional(),
      })
      .describe(
        'Who made the event. It never changes. In Google’s API the creator is a person; here it is also an app.',
      )
      .optional(),
    iCalUID: z.string().describe('The name of the event, or of its series, in iCalendar files (RFC 5545 §3.8.4.7).'),
    sequence: z.int().describe('How often its times, its rule or its status changed (RFC 5545 §3.8.7.4).'),
    eventType: z.literal('default'),
    ...content.shape,
    status,
    start: eventTime,
    end: eventTime.describe('Exclusive: an event that ends on the 5th is over when the 5th begins.'),
    recurringEventId: z.string().describe('For a single event of a series: the id of the series.').optional(),
    originalStartTime: eventTime
      .describe('For a single event of a series: when it starts by the rule, even if it was moved.')
      .optional(),
  })
  .describe('An event. Members without a value are left out.')

/** What a sync says about an event that is gone for good. */
export const deletedEvent = z
  .object({ id, status: z.literal('cancelled') })
  .describe('An event that was deleted: since the sync token was issued, or with `updatedMin` or `showDeleted`.')

export type EventBody = z.infer<typeof event>

export const EXAMPLE = {
  id: '0k3v8r2m5q7t9d1n4h6j8c0a2e',
  etag: '"bXlldGFn"',
  status: 'confirmed',
  created: '2027-02-20T08:00:00.000Z',
  updated: '2027-02-20T08:00:00.000Z',
  creator: { id: 'usr_2f8c1a', self: true, clientId: 'tripmate' },
  iCalUID: '0k3v8r2m5q7t9d1n4h6j8c0a2e@glasshouse.example',
  sequence: 0,
  eventType: 'default',
  summary: 'Breakfast',
  location: 'Kitchen',
  start: { dateTime: '2027-03-28T10:00:00+02:00', timeZone: 'Europe/Amsterdam' },
  end: { dateTime: '2027-03-28T11:00:00+02:00', timeZone: 'Europe/Amsterdam' },
} satisfies EventBody
