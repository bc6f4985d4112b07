/** Protected resource metadata (RFC 9728): how a client that knows nothing but this API's address learns whom to ask. */
import { calendarApi } from '@glasshouse/shared/cast'
import { Router } from 'express'
import { SCOPES } from '../bearer-token'
import type { Context } from '../context'
import { methodNotAllowed } from '../problem'

/** RFC 9728 §3: our identifier has no path, so nothing follows. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource'

export function protectedResourceMetadata({ config }: Context): Router {
  // §2, in its order
  const metadata = {
    resource: config.resource,
    authorization_servers: [config.issuer],
    scopes_supported: SCOPES,
    bearer_methods_supported: ['header'], // RFC 6750 §2.1
    resource_name: calendarApi.name,
    resource_documentation: config.resource,
  }
  const router = Router()
  router.get('/', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json(metadata)
  })
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}
