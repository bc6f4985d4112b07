/**
 * The API described by itself: `GET /openapi.json`. This folder holds the schemas (`event.ts`, `list.ts`, `problem.ts`,
 * `metadata.ts`, `headers.ts`) and what each address does (`operations.ts`); here they become one document. Every response
 * in the tests is checked against it (test/support.ts).
 */
import { calendarApi } from '@glasshouse/shared/cast'
import { type Json, openApiDocument } from '@glasshouse/shared/openapi'
import type { Config } from '../config'
import { calendarText, feed, importResult, newFeed } from './calendar-files'
import { event, eventTime } from './event'
import { googleResponses } from './google/error'
import { googlePaths } from './google/paths'
import { GOOGLE_SCHEMAS } from './google/schemas'
import { changeStream, eventList } from './list'
import { mcpAnswer, mcpMessage } from './mcp'
import { health, openApi, resourceMetadata } from './metadata'
import { OAUTH } from './operation-parts'
import { pathsOf } from './operations'
import { problem, problemResponses } from './problem'
import { eventPatch, newEvent } from './sent-event'

/** In words that a user understands: the page to try the API on shows them. */
const SCOPES = {
  'calendar.read': 'See the events in your calendar',
  'calendar.write': 'Add, change and delete events in your calendar',
}

const INTRODUCTION = `A calendar that apps may read and change with an access token that its user has approved.
Names and meanings of an event's members are those of the Google Calendar API v3.

A request that is refused gets a problem document (RFC 9457), whatever the address: 404 if there is nothing at it, 405 with
\`Allow\` if it does not support the method, 421 if the \`Host\` is not one of this API's names. \`HEAD\` is supported
wherever \`GET\` is.`

export function describeApi(config: Config): Json {
  const { resource, issuer } = config
  return openApiDocument({
    info: {
      title: calendarApi.name,
      version: '1.0.0',
      summary: 'The resource server: keeps events, and lets in who holds a token.',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    server: resource,
    tags: [
      { name: 'events', description: 'The events of the user who approved the access token.' },
      {
        name: 'google',
        description:
          'The same events, and several calendars for each user, at the addresses of the Google Calendar API v3, so that ' +
          'its client libraries work here. Scopes by Google’s names are accepted too.',
      },
      { name: 'files', description: 'The calendar as an iCalendar file, for other calendar programs (RFC 5545).' },
      { name: 'about', description: 'What the API says about itself. These need no token.' },
    ],
    securitySchemes: {
      [OAUTH]: {
        type: 'oauth2',
        description: `Access tokens are issued by ${issuer} (RFC 6749 §4.1, with PKCE).`,
        flows: {
          authorizationCode: {
            authorizationUrl: `${issuer}/authorize`,
            tokenUrl: `${issuer}/token`,
            refreshUrl: `${issuer}/token`,
            scopes: SCOPES,
          },
        },
      },
    },
    schemas: {
      Event: event,
      EventTime: eventTime,
      EventList: eventList,
      ChangeStream: changeStream,
      NewEvent: newEvent,
      EventPatch: eventPatch,
      CalendarFile: calendarText,
      ImportResult: importResult,
      Feed: feed,
      NewFeed: newFeed,
      McpMessage: mcpMessage,
      McpAnswer: mcpAnswer,
      Problem: problem,
      ResourceMetadata: resourceMetadata,
      Health: health,
      OpenApiDocument: openApi,
      ...GOOGLE_SCHEMAS,
    },
    responses: { ...problemResponses(resource), ...googleResponses(resource) },
    paths: { ...pathsOf(config), ...googlePaths(config) },
  })
}
