/** Each address and method of the API: what it takes, and each status that it answers with. */
import type { Operation, Response } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import type { Config } from '../config'
import { calendarFilePaths } from './calendar-files'
import { EXAMPLE } from './event'
import { entityHeaders, readConditions, resumption, writeConditions } from './headers'
import { instancesParameters, LIST_EXAMPLE, listParameters, STREAM_EXAMPLE } from './list'
import { mcpOperation } from './mcp'
import { BODY_REFUSED, json, OAUTH, READ, REFUSED, sent, WRITE } from './operation-parts'
import { NEW_EXAMPLE, WHOLE_DAY_EXAMPLE } from './sent-event'

export * from './operation-parts'

const id = z.object({
  id: z
    .string()
    .describe('The id of the event.')
    .meta({ examples: [EXAMPLE.id] }),
})

const { etag, location } = entityHeaders

const ONE_EVENT = json('Event', ['Breakfast', EXAMPLE])

const anEvent = (description: string): Response => ({ description, headers: { ETag: etag }, content: ONE_EVENT })

const NEW_EVENT = json('NewEvent', ['At a time', NEW_EXAMPLE], ['A whole day', WHOLE_DAY_EXAMPLE])
const PATCH: [string, unknown] = ['A new title, and no location', { summary: 'Brunch', location: null }]

export const list: Operation = {
  operationId: 'listEvents',
  summary: 'List events',
  tags: ['events'],
  security: READ,
  parameters: { query: listParameters },
  responses: {
    200: { description: 'A page of events.', content: json('EventList', ['One event', LIST_EXAMPLE]) },
    410: 'Gone',
    ...REFUSED,
  },
}

export const instances: Operation = {
  operationId: 'listInstances',
  summary: 'List the single events of a series',
  tags: ['events'],
  security: READ,
  parameters: { path: id, query: instancesParameters },
  responses: {
    200: { description: 'A page of events.', content: json('EventList', ['One event', LIST_EXAMPLE]) },
    404: 'NotFound',
    ...REFUSED,
  },
}

const stream: Operation = {
  operationId: 'streamChanges',
  summary: 'Be told when something changes',
  description:
    'Server-sent events, for as long as the access token is valid. An event says that one of the user’s calendars has changed; ask for the ' +
    'changes with a `syncToken`. In a quiet time, comments show that the connection still works.',
  tags: ['events'],
  security: READ,
  parameters: { header: resumption },
  responses: {
    200: {
      description: 'The stream.',
      content: { 'text/event-stream': sent('ChangeStream', ['The beginning', STREAM_EXAMPLE]) },
    },
    429: 'TooManyRequests',
    ...REFUSED,
  },
}

export const create: Operation = {
  operationId: 'createEvent',
  summary: 'Create an event',
  description: 'With an `id` of your choice, a repeated request is refused with 409, so it is safe to send it again.',
  tags: ['events'],
  security: WRITE,
  requestBody: { required: true, content: NEW_EVENT },
  responses: {
    201: { ...anEvent('The new event.'), headers: { ETag: etag, Location: location } },
    409: 'Conflict',
    ...BODY_REFUSED,
    ...REFUSED,
  },
}

export const read: Operation = {
  operationId: 'readEvent',
  summary: 'Read one event',
  tags: ['events'],
  security: READ,
  parameters: { path: id, header: readConditions },
  responses: {
    200: anEvent('The event.'),
    304: { description: 'The event still has the tag in `If-None-Match`.', headers: { ETag: etag } },
    404: 'NotFound',
    412: 'PreconditionFailed',
    ...REFUSED,
  },
}

export const replace: Operation = {
  operationId: 'replaceEvent',
  summary: 'Replace an event',
  description: 'Members that you leave out are removed.',
  tags: ['events'],
  security: WRITE,
  parameters: { path: id, header: writeConditions },
  requestBody: { required: true, content: NEW_EVENT },
  responses: {
    200: anEvent('The event as it is now.'),
    404: 'NotFound',
    412: 'PreconditionFailed',
    ...BODY_REFUSED,
    ...REFUSED,
  },
}

export const patch: Operation = {
  operationId: 'changeEvent',
  summary: 'Change an event',
  description: 'A merge patch (RFC 7396): only the members that you send change, and `null` removes one.',
  tags: ['events'],
  security: WRITE,
  parameters: { path: id, header: writeConditions },
  requestBody: {
    required: true,
    content: {
      'application/json': sent('EventPatch', PATCH),
      'application/merge-patch+json': sent('EventPatch', PATCH),
    },
  },
  responses: {
    200: anEvent('The event as it is now.'),
    404: 'NotFound',
    412: 'PreconditionFailed',
    ...BODY_REFUSED,
    ...REFUSED,
  },
}

export const remove: Operation = {
  operationId: 'deleteEvent',
  summary: 'Delete an event',
  tags: ['events'],
  security: WRITE,
  parameters: { path: id, header: writeConditions },
  responses: {
    204: { description: 'The event is gone.' },
    404: 'NotFound',
    412: 'PreconditionFailed',
    ...REFUSED,
  },
}

/** The metadata of the API, or of the resource whose path follows. */
export function metadata(
  config: Config,
  operationId: string,
  summary: string,
  path: string,
  parameters: Operation['parameters'] = path.includes('{id}') ? { path: id } : {},
): Operation {
  const example = {
    resource: config.resource + path,
    authorization_servers: [config.issuer],
    scopes_supported: ['calendar.read', 'calendar.write'],
    bearer_methods_supported: ['header'],
    resource_name: 'Glasshouse Calendar',
    resource_documentation: `${config.resource}/docs`,
  }
  return {
    operationId,
    summary,
    tags: ['about'],
    security: [],
    parameters,
    responses: {
      200: {
        description: 'The metadata.',
        content: json('ResourceMetadata', [
          summary,
          { ...example, resource: example.resource.replace('{id}', EXAMPLE.id).replace('{calendarId}', 'primary') },
        ]),
      },
      400: 'BadRequest',
    },
  }
}

const description: Operation = {
  operationId: 'readDescription',
  summary: 'This document',
  tags: ['about'],
  security: [],
  responses: {
    200: {
      description: 'The description of this API.',
      content: json('OpenApiDocument', [
        'Its beginning',
        { openapi: '3.1.1', info: { title: 'Glasshouse Calendar', version: '1.0.0' } },
      ]),
    },
    400: 'BadRequest',
  },
}

const health: Operation = {
  operationId: 'readHealth',
  summary: 'Whether the service works',
  tags: ['about'],
  security: [],
  responses: {
    200: { description: 'It works.', content: json('Health', ['It works', { status: 'ok' }]) },
    400: 'BadRequest',
    500: 'InternalServerError',
    503: {
      description: 'It cannot reach its data.',
      headers: { 'Retry-After': entityHeaders.retryAfter },
      content: json('Health', ['Without data', { status: 'unavailable' }]),
    },
  },
}

export const WELL_KNOWN = '/.well-known/oauth-protected-resource'

export function pathsOf(
  config: Config,
): Record<string, Partial<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Operation>>> {
  return {
    '/calendar/events': { get: list, post: create },
    // Before the next path, which it would also match.
    '/calendar/events/stream': { get: stream },
    '/calendar/events/{id}': { get: read, put: replace, patch, delete: remove },
    '/calendar/events/{id}/instances': { get: instances },
    '/mcp': { post: mcpOperation(OAUTH) },
    ...calendarFilePaths(config),
    [WELL_KNOWN]: { get: metadata(config, 'readMetadata', 'Metadata of the API', '') },
    [`${WELL_KNOWN}/calendar/events.ics`]: {
      get: metadata(config, 'readFileMetadata', 'Metadata of the calendar as a file', '/calendar/events.ics'),
    },
    [`${WELL_KNOWN}/calendar/feed`]: {
      get: metadata(config, 'readFeedMetadata', 'Metadata of the feed', '/calendar/feed'),
    },
    [`${WELL_KNOWN}/mcp`]: { get: metadata(config, 'readMcpMetadata', 'Metadata of the address for agents', '/mcp') },
    [`${WELL_KNOWN}/calendar/events`]: {
      get: metadata(config, 'readListMetadata', 'Metadata of the list of events', '/calendar/events'),
    },
    [`${WELL_KNOWN}/calendar/events/stream`]: {
      get: metadata(config, 'readStreamMetadata', 'Metadata of the stream of changes', '/calendar/events/stream'),
    },
    [`${WELL_KNOWN}/calendar/events/{id}`]: {
      get: metadata(config, 'readEventMetadata', 'Metadata of one event', '/calendar/events/{id}'),
    },
    [`${WELL_KNOWN}/calendar/events/{id}/instances`]: {
      get: metadata(
        config,
        'readInstancesMetadata',
        'Metadata of the single events of a series',
        '/calendar/events/{id}/instances',
      ),
    },
    '/openapi.json': { get: description },
    '/healthz': { get: health },
  }
}
