/** Google's addresses. Those for events are described like the API's own, with what differs. */
import type { Content, Operation, Response } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import type { Config } from '../../config'
import { entityHeaders, readConditions, writeConditions } from '../headers'
import * as own from '../operations'
import { EXAMPLES } from './schemas'

const { etag } = entityHeaders
const calendarId = {
  calendarId: z
    .string()
    .describe('The id of a calendar, or `primary`.')
    .meta({ examples: ['primary'] }),
}
const one = z.object(calendarId)

/** @returns the same operation at Google's address */
function atGoogle({ parameters = {}, responses, ...operation }: Operation): Operation {
  const { operationId } = operation
  return {
    ...operation,
    operationId: `google${operationId[0]?.toUpperCase()}${operationId.slice(1)}`,
    tags: ['google'],
    parameters: { ...parameters, path: parameters.path ? parameters.path.extend(calendarId) : one },
    responses: {
      404: 'GoogleNotFound',
      ...Object.fromEntries(
        Object.entries(responses).map(([status, response]) =>
          // Google answers a create with 200, and without Location.
          status === '201'
            ? [200, ok('The new event.', 'GoogleEvent', EXAMPLES.event)]
            : [status, googleResponse(response)],
        ),
      ),
    },
  }
}

function googleResponse(response: Response | string): Response | string {
  if (typeof response === 'string') return `Google${response}`
  const schema = response.content?.['application/json']?.schema
  if (schema === undefined) return response
  const value = schema === 'EventList' ? EXAMPLES.list : EXAMPLES.event
  return { ...response, content: own.json(`Google${schema}`, ['An example', value]) }
}

const REFUSED = refusedAs(own.REFUSED)
const BODY_REFUSED = refusedAs(own.BODY_REFUSED)
const CHANGED = { 404: 'GoogleNotFound', 412: 'GooglePreconditionFailed' }

function refusedAs(refusals: Record<number, string>): Record<number, string> {
  return Object.fromEntries(Object.entries(refusals).map(([status, name]) => [status, `Google${name}`]))
}

/** @param tagged whether it has an entity tag */
function ok(description: string, schema: string, example: unknown, tagged = true): Response {
  return { description, ...(tagged && { headers: { ETag: etag } }), content: own.json(schema, ['An example', example]) }
}

const UNCHANGED: Response = {
  description: 'It still has the tag in `If-None-Match`.',
  headers: { ETag: etag },
}

const reads = (operationId: string, summary: string): Omit<Operation, 'responses'> => ({
  operationId,
  summary,
  tags: ['google'],
  security: own.READ,
})
const writes = (operationId: string, summary: string): Omit<Operation, 'responses'> => ({
  ...reads(operationId, summary),
  security: own.WRITE,
})

const body = (schema: string, example: unknown) => ({
  required: true,
  content: own.json(schema, ['An example', example]) as Record<string, Content>,
})
const patchBody = (schema: string, example: unknown) => {
  const content = own.sent(schema, ['An example', example])
  return { required: true, content: { 'application/json': content, 'application/merge-patch+json': content } }
}

const flag = z.enum(['true', 'false']).optional()
const rgb = z.object({
  colorRgbFormat: flag.describe('Whether `backgroundColor` and `foregroundColor` count, in place of `colorId`.'),
})

const theCalendar = ok('The calendar.', 'Calendar', EXAMPLES.calendar)
const theEntry = ok('The entry.', 'CalendarListEntry', EXAMPLES.entry)

type Paths = Record<string, Partial<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Operation>>>

const CALENDARS: Paths = {
  '/calendars': {
    post: {
      ...writes('insertCalendar', 'Create a calendar'),
      requestBody: body('SentCalendar', { summary: 'Allotment', timeZone: 'Europe/London' }),
      responses: { 200: theCalendar, ...BODY_REFUSED, ...REFUSED },
    },
  },
  '/calendars/{calendarId}': {
    get: {
      ...reads('getCalendar', 'Read a calendar'),
      parameters: { path: one, header: readConditions },
      responses: { 200: theCalendar, 304: UNCHANGED, ...CHANGED, ...REFUSED },
    },
    put: {
      ...writes('updateCalendar', 'Replace what a calendar is called'),
      parameters: { path: one, header: writeConditions },
      requestBody: body('SentCalendar', { summary: 'Allotment' }),
      responses: { 200: theCalendar, ...CHANGED, ...BODY_REFUSED, ...REFUSED },
    },
    patch: {
      ...writes('patchCalendar', 'Change a calendar'),
      parameters: { path: one, header: writeConditions },
      requestBody: patchBody('CalendarPatch', { summary: 'Garden' }),
      responses: { 200: theCalendar, ...CHANGED, ...BODY_REFUSED, ...REFUSED },
    },
    delete: {
      ...writes('deleteCalendar', 'Delete a calendar with its events'),
      parameters: { path: one, header: writeConditions },
      responses: { 204: { description: 'The calendar is gone.' }, ...CHANGED, ...REFUSED },
    },
  },
  '/calendars/{calendarId}/clear': {
    post: {
      ...writes('clearCalendar', 'Delete all events of the primary calendar'),
      parameters: { path: one },
      responses: { 204: { description: 'The events are gone.' }, 404: 'GoogleNotFound', ...REFUSED },
    },
  },
}

const CALENDAR_LIST: Paths = {
  '/users/me/calendarList': {
    get: {
      ...reads('listCalendarList', 'List the user’s calendars'),
      parameters: { query: z.object({ showHidden: flag.describe('Whether to include hidden calendars.') }) },
      responses: {
        200: ok(
          'The list.',
          'CalendarList',
          { kind: 'calendar#calendarList', etag: '"bGlzdA"', items: [EXAMPLES.entry] },
          false,
        ),
        ...REFUSED,
      },
    },
    post: {
      ...writes('insertCalendarList', 'Show a calendar again that was removed from the list'),
      parameters: { query: rgb },
      requestBody: body('NewEntry', { id: 'c_0k3v8r2m5q7t9d1n4h6j8c0a2e', colorId: '9' }),
      responses: { 200: theEntry, ...CHANGED, ...BODY_REFUSED, ...REFUSED },
    },
  },
  '/users/me/calendarList/{calendarId}': {
    get: {
      ...reads('getCalendarList', 'Read how the list shows a calendar'),
      parameters: { path: one, header: readConditions },
      responses: { 200: theEntry, 304: UNCHANGED, ...CHANGED, ...REFUSED },
    },
    put: {
      ...writes('updateCalendarList', 'Replace how the list shows a calendar'),
      parameters: { path: one, query: rgb, header: writeConditions },
      requestBody: body('SentEntry', { colorId: '9' }),
      responses: { 200: theEntry, ...CHANGED, ...BODY_REFUSED, ...REFUSED },
    },
    patch: {
      ...writes('patchCalendarList', 'Change how the list shows a calendar'),
      parameters: { path: one, query: rgb, header: writeConditions },
      requestBody: patchBody('SentEntry', { hidden: true }),
      responses: { 200: theEntry, ...CHANGED, ...BODY_REFUSED, ...REFUSED },
    },
    delete: {
      ...writes('deleteCalendarList', 'Remove a calendar from the list; the calendar itself stays'),
      parameters: { path: one, header: writeConditions },
      responses: { 204: { description: 'The list no longer shows it.' }, ...CHANGED, ...REFUSED },
    },
  },
}

const EVENTS: Paths = {
  '/calendars/{calendarId}/events': { get: atGoogle(own.list), post: atGoogle(own.create) },
  '/calendars/{calendarId}/events/{id}': {
    get: atGoogle(own.read),
    put: atGoogle(own.replace),
    patch: atGoogle(own.patch),
    delete: atGoogle(own.remove),
  },
  '/calendars/{calendarId}/events/{id}/instances': { get: atGoogle(own.instances) },
  '/calendars/{calendarId}/events/{id}/move': {
    post: {
      ...writes('moveEvent', 'Move an event to another calendar of the user’s'),
      parameters: {
        path: one.extend({ id: z.string().describe('The id of the event.') }),
        query: z.object({ destination: z.string().describe('The id of the other calendar, or `primary`.') }),
        header: writeConditions,
      },
      responses: {
        200: ok('The event as it is now.', 'GoogleEvent', EXAMPLES.event),
        409: 'GoogleConflict',
        ...CHANGED,
        ...REFUSED,
      },
    },
  },
}

const OTHERS: Paths = {
  '/freeBusy': {
    post: {
      ...reads('queryFreeBusy', 'When is the user busy?'),
      requestBody: body('FreeBusyQuestion', EXAMPLES.question),
      responses: {
        200: ok('The busy times.', 'FreeBusy', EXAMPLES.freeBusy, false),
        ...BODY_REFUSED,
        ...REFUSED,
      },
    },
  },
  '/colors': {
    get: {
      ...reads('getColors', 'List the colours'),
      responses: { 200: ok('The colours.', 'Colors', EXAMPLES.colors, false), ...REFUSED },
    },
  },
}

export function googlePaths(config: Config): Paths {
  const all = Object.entries({ ...CALENDAR_LIST, ...CALENDARS, ...EVENTS, ...OTHERS })
  const metadata = all.map(([path, operations]) => {
    const [first] = Object.values(operations)
    const { operationId = '', parameters } = first ?? {}
    const summary = `Metadata of ${path}`
    const get = own.metadata(config, `${operationId}Metadata`, summary, `/calendar/v3${path}`, {
      ...(parameters?.path && { path: parameters.path }),
    })
    return [`${own.WELL_KNOWN}/calendar/v3${path}`, { get }] as const
  })
  return {
    ...Object.fromEntries(all.map(([path, operations]) => [`/calendar/v3${path}`, operations])),
    ...Object.fromEntries(metadata),
  }
}
