/** The calendar as an iCalendar file (RFC 5545), and its feed: what each address takes, and what it answers. */
import type { Operation } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import type { Config } from '../config'
import { entityHeaders } from './headers'
import { BODY_REFUSED, json, OAUTH, READ, REFUSED, sent, WRITE } from './operation-parts'

export const calendarText = z.string().describe('An iCalendar file (RFC 5545), in UTF-8.')

const skipped = z.object({
  component: z.string().describe('Such as `VTODO`.'),
  property: z.string().describe('If only this property was left out.').optional(),
  uid: z.string().describe('The UID of the event.').optional(),
  reason: z.string(),
  count: z.int(),
})

export const importResult = z
  .object({
    imported: z.int().describe('How many events are new.'),
    updated: z.int().describe('How many were there, and are newer in the file.'),
    unchanged: z.int().describe('How many were there, and are not newer in the file.'),
    skipped: z.array(skipped).describe('What was left out, and why. At most a hundred kinds are listed.'),
  })
  .describe('What became of the events of a file.')

const made = {
  created: z.string().describe('When the address was made.').meta({ format: 'date-time' }),
  clientId: z.string().describe('The app that asked for it.'),
}

export const feed = z.object(made).describe('The feed of a calendar. Its address is not shown again.')

export const newFeed = z
  .object({
    url: z
      .string()
      .describe('The address to subscribe to. Whoever knows it can read the calendar. It is shown only now.')
      .meta({ format: 'uri' }),
    ...made,
  })
  .describe('A new feed.')

const FILE_EXAMPLE = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Example//Example//EN',
  'BEGIN:VEVENT',
  'UID:breakfast@example.com',
  'DTSTAMP:20270220T080000Z',
  'DTSTART;TZID=Europe/Amsterdam:20270328T100000',
  'DTEND;TZID=Europe/Amsterdam:20270328T110000',
  'SUMMARY:Breakfast',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n')

const FILE = { 'text/calendar': sent('CalendarFile', ['One event', FILE_EXAMPLE]) }
const CREATED = { created: '2027-02-20T08:00:00.000Z', clientId: 'tripmate' }

const moment = z.string().meta({ format: 'date-time', examples: ['2027-03-28T00:00:00Z'] })

const calendarId = z
  .string()
  .describe('Which calendar: the id of one of the user’s. Without it, the primary one.')
  .meta({ examples: ['primary'] })
  .optional()
const ofCalendar = { query: z.object({ calendarId }) }

const exportFile: Operation = {
  operationId: 'exportCalendar',
  summary: 'Get the calendar as an iCalendar file',
  description: 'At most 10,000 events. A series that has an event in the time asked for is there as a whole.',
  tags: ['files'],
  security: READ,
  parameters: {
    query: z.object({
      calendarId,
      timeMin: moment.describe('Only events that end after this moment.').optional(),
      timeMax: moment.describe('Only events that start before this moment.').optional(),
    }),
  },
  responses: { 200: { description: 'The file.', content: FILE }, 404: 'NotFound', ...REFUSED },
}

const importFile: Operation = {
  operationId: 'importCalendar',
  summary: 'Add the events of an iCalendar file',
  description:
    'All events of the file, or none if one of them is not valid: `errors` then names line, UID and property. An event ' +
    'keeps its UID, so a file can be imported again: an event that is there already is changed only if it is newer in the ' +
    'file (`SEQUENCE`, then `LAST-MODIFIED` or `DTSTAMP`). At most 1 MB, 2,000 events, 50 alarms an event, and series with ' +
    '1,000 dates by `COUNT` together, where a rule without `COUNT` counts as 10.',
  tags: ['files'],
  security: WRITE,
  parameters: ofCalendar,
  requestBody: { required: true, content: FILE },
  responses: {
    200: {
      description: 'The events are in the calendar.',
      content: json('ImportResult', [
        'Two events and a task',
        {
          imported: 1,
          updated: 1,
          unchanged: 0,
          skipped: [{ component: 'VTODO', reason: 'only VEVENT is kept', count: 1 }],
        },
      ]),
    },
    404: 'NotFound',
    ...BODY_REFUSED,
    ...REFUSED,
  },
}

const readFeed: Operation = {
  operationId: 'readFeed',
  summary: 'Whether the calendar has a feed',
  tags: ['files'],
  security: READ,
  parameters: ofCalendar,
  responses: {
    200: { description: 'It has one.', content: json('Feed', ['A feed', CREATED]) },
    404: 'NotFound',
    ...REFUSED,
  },
}

const makeFeed = (config: Config): Operation => ({
  operationId: 'makeFeed',
  summary: 'Make or replace the feed',
  description:
    'The answer has the address to which any calendar program can subscribe. It needs no token, and works until it is replaced ' +
    'or deleted, also when the app that made it loses its access. An earlier address stops working at once.',
  tags: ['files'],
  security: [{ [OAUTH]: ['calendar.read', 'calendar.write'] }],
  parameters: ofCalendar,
  responses: {
    201: {
      description: 'The new feed.',
      content: json('NewFeed', [
        'A feed',
        { url: `${config.resource}/calendar/feeds/47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU.ics`, ...CREATED },
      ]),
    },
    404: 'NotFound',
    ...REFUSED,
  },
})

const deleteFeed: Operation = {
  operationId: 'deleteFeed',
  summary: 'End the feed',
  tags: ['files'],
  security: WRITE,
  parameters: ofCalendar,
  responses: { 204: { description: 'The address no longer works.' }, 404: 'NotFound', ...REFUSED },
}

const { etag } = entityHeaders

const subscribe: Operation = {
  operationId: 'subscribe',
  summary: 'The feed, as an iCalendar file',
  description:
    'For calendar programs. In a calendar with more than 10,000 events, those of the last year and later, at most 10,000; its `DESCRIPTION` says so.',
  tags: ['files'],
  security: [],
  parameters: {
    path: z.object({
      secret: z
        .string()
        .describe('What only the owner and the subscribed programs know.')
        .meta({ examples: ['47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'] }),
    }),
    header: z.object({
      'If-None-Match': z
        .string()
        .meta({ examples: ['"1-42"'] })
        .optional()
        .describe('Only if the calendar has changed (RFC 9110 §13.1.2); otherwise the answer is 304 without a body.'),
    }),
  },
  responses: {
    200: { description: 'The file.', headers: { ETag: etag }, content: FILE },
    304: { description: 'The calendar has not changed.', headers: { ETag: etag } },
    400: 'BadRequest',
    404: 'NotFound',
    500: 'InternalServerError',
    503: 'ServiceUnavailable',
  },
}

export function calendarFilePaths(
  config: Config,
): Record<string, Partial<Record<'get' | 'post' | 'delete', Operation>>> {
  return {
    '/calendar/events.ics': { get: exportFile, post: importFile },
    '/calendar/feed': { get: readFeed, post: makeFeed(config), delete: deleteFeed },
    '/calendar/feeds/{secret}.ics': { get: subscribe },
  }
}
