/** Protected resource metadata (RFC 9728): how a client that knows only the API's address finds the authorization server. */
import { calendarApi } from '@glasshouse/shared/cast'
import { Router } from 'express'
import type { Config } from '../config'
import type { Context } from '../context'
import type { ResourceMetadata } from '../description/metadata'
import { methodNotAllowed } from '../problem'
import { pathOf } from '../request-target'
import { SCOPES } from '../scopes'

/** Google's addresses (`google/google.ts`). */
const GOOGLE_RESOURCES = [
  '/users/me/calendarList',
  '/users/me/calendarList/:calendarId',
  '/calendars',
  '/calendars/:calendarId',
  '/calendars/:calendarId/clear',
  '/calendars/:calendarId/events',
  '/calendars/:calendarId/events/:id',
  '/calendars/:calendarId/events/:id/instances',
  '/calendars/:calendarId/events/:id/move',
  '/freeBusy',
  '/colors',
]

export const METADATA_PATH = '/.well-known/oauth-protected-resource'
/** §3.1: the resources that have metadata. `/` is the API as a whole. */
const RESOURCES = [
  '/',
  '/calendar/events.ics',
  '/calendar/feed',
  '/calendar/events',
  '/calendar/events/:id',
  '/calendar/events/:id/instances',
  '/mcp',
  ...GOOGLE_RESOURCES.map(path => `/calendar/v3${path}`),
]

export function protectedResourceMetadata({ config }: Context): Router {
  const router = Router({ caseSensitive: true })
  router.get(RESOURCES, (request, response) => {
    const path = pathOf(request.url)
    // §2, in its order. Indented, because people read it too.
    const metadata: ResourceMetadata = {
      // §3.3: exactly the identifier from which this address was made.
      resource: path === '/' ? config.resource : `${config.resource}${path}`,
      authorization_servers: [config.issuer],
      scopes_supported: [...SCOPES],
      bearer_methods_supported: ['header'], // RFC 6750 §2.1
      resource_name: calendarApi.name,
      resource_documentation: `${config.resource}/docs`,
    }
    response
      .set('Cache-Control', 'public, max-age=300')
      .type('json')
      .send(JSON.stringify(metadata, null, 2))
  })
  router.all(RESOURCES, methodNotAllowed('GET, HEAD'))
  return router
}

/**
 * The address of a resource's metadata (§3.1), for the challenge (§5.1). The client compares the `resource` that it finds
 * there with the URL that it requested (§3.3), so every event has an address of its own. A query is not part of a
 * resource's identifier (§1.2).
 * @param url what was requested: `request.originalUrl`
 */
export function metadataUrlOf(config: Config, url: string): string {
  return `${config.resource}${METADATA_PATH}${pathOf(url)}`
}
