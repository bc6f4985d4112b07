/** Protected resource metadata (RFC 9728): how a client that knows only the API's address finds the authorization server. */
import { calendarApi } from '@glasshouse/shared/cast'
import { Router } from 'express'
import { SCOPES } from '../bearer-token'
import type { Config } from '../config'
import type { Context } from '../context'
import { methodNotAllowed } from '../problem'
import { pathOf } from '../request-target'

export const METADATA_PATH = '/.well-known/oauth-protected-resource'
/** §3.1: the paths of the resources that have metadata of their own. `/` is the API as a whole. */
const RESOURCES = ['/', '/calendar/events', '/calendar/events/:id']

export function protectedResourceMetadata({ config }: Context): Router {
  const router = Router({ caseSensitive: true })
  router.get(RESOURCES, (request, response) => {
    const path = pathOf(request.url)
    // §2, in its order. Indented, because people read it too.
    const metadata = {
      // §3.3: exactly the identifier that this address was made from.
      resource: path === '/' ? config.resource : `${config.resource}${path}`,
      authorization_servers: [config.issuer],
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'], // RFC 6750 §2.1
      resource_name: calendarApi.name,
      resource_documentation: config.resource,
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
 * The address of the metadata for one resource (§3.1), which a challenge gives to the client (§5.1). The client compares
 * `resource` there with the URL that it requested (§3.3), so each event has its own. A query selects from a resource and
 * is not a part of its identifier (§1.2).
 * @param url what was requested: `request.originalUrl`
 */
export function metadataUrlOf(config: Config, url: string): string {
  return `${config.resource}${METADATA_PATH}${pathOf(url)}`
}
