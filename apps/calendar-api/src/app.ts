/** Which path goes to which room, and in what order middleware runs. */
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { crossOrigin } from '@glasshouse/shared/cross-origin'
import { requestLog } from '@glasshouse/shared/log'
import { refuseMalformedTargets } from '@glasshouse/shared/malformed-requests'
import { installPages, parties } from '@glasshouse/shared/pages'
import { securityHeaders } from '@glasshouse/shared/security-headers'
import { seeThrough } from '@glasshouse/shared/see-through'
import express from 'express'
import type { Context } from './context'
import { eventsEndpoint } from './endpoints/events'
import { healthEndpoint } from './endpoints/health'
import { homePage } from './endpoints/home'
import { METADATA_PATH, protectedResourceMetadata } from './endpoints/protected-resource-metadata'
import { notFound, problems, readOnly } from './problem'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

export function createApp(context: Context): RequestListener {
  const { config, log } = context
  const { demo, addresses, resource } = config
  const party = parties(addresses)['resource-server']
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // events bring their own
  app.set('case sensitive routing', true)
  // A token is sent on purpose and no cookie is used, so a page of any origin may ask.
  app.use(requestLog(log), securityHeaders(resource), crossOrigin(METHODS))

  // For machines.
  app.use('/healthz', healthEndpoint(context))
  app.use(METADATA_PATH, protectedResourceMetadata(context))
  app.use('/calendar/events', eventsEndpoint(context))

  // For people who look in.
  installPages(app, { party, viewsDir: join(__dirname, '../views'), demo, addresses })
  app.use(['/assets', '/favicon.svg', '/favicon.ico'], readOnly)
  app.use('/', seeThrough({ party, demo }), homePage(context))

  app.use(notFound)
  app.use(problems(log))
  return refuseMalformedTargets(app, log)
}
