/** Maps each path to its endpoint, and sets the order of the middleware. */
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { crossOrigin } from '@glasshouse/shared/cross-origin'
import { expressApp } from '@glasshouse/shared/express-app'
import { refuseForeignHosts } from '@glasshouse/shared/foreign-hosts'
import { requestLog } from '@glasshouse/shared/log'
import { refuseMalformedTargets } from '@glasshouse/shared/malformed-requests'
import { onOwnOrigin } from '@glasshouse/shared/own-origin'
import { installPages, parties } from '@glasshouse/shared/pages'
import { securityHeaders } from '@glasshouse/shared/security-headers'
import { seeThrough } from '@glasshouse/shared/see-through'
import type { RequestHandler } from 'express'
import type { Context } from './context'
import { demoLevers } from './demo-levers'
import { calendarFile } from './endpoints/calendar-file'
import { changeStream } from './endpoints/change-stream'
import { docsPage, VIEWER, VIEWERS_OWN_PAGES } from './endpoints/docs'
import { ownDoor } from './endpoints/doors'
import { eventsEndpoint } from './endpoints/events'
import { feedSettings, feeds } from './endpoints/feed'
import { GOOGLE_PATH, googleAddresses } from './endpoints/google/google'
import { healthEndpoint } from './endpoints/health'
import { homePage, navigationTo, WIDGET } from './endpoints/home'
import { openApiEndpoint } from './endpoints/openapi'
import { METADATA_PATH, protectedResourceMetadata } from './endpoints/protected-resource-metadata'
import { notFound, problems, readOnly } from './problem'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

export function createApp(context: Context): RequestListener {
  const { config, log } = context
  const { demo, addresses, resource } = config
  const party = parties(addresses)['resource-server']
  const app = expressApp({
    etag: false, // each event has its own
    'case sensitive routing': true,
  })
  // The API uses no cookies, and no browser attaches a bearer token on its own, so pages of any origin may call it.
  app.use(requestLog(log), securityHeaders(resource), refuseForeignHosts(config, party, log), crossOrigin(METHODS))

  // For apps.
  app.use('/healthz', healthEndpoint(context))
  app.use(METADATA_PATH, protectedResourceMetadata(context))
  app.use('/calendar/events/stream', changeStream(context))
  app.use('/calendar/events', eventsEndpoint(context, ownDoor(config)))
  app.use('/calendar/events.ics', calendarFile(context))
  app.use('/calendar/feed', feedSettings(context))
  app.use('/calendar/feeds', feeds(context))
  app.use(GOOGLE_PATH, googleAddresses(context))
  app.use('/mcp', forAgents(context))
  app.use('/openapi.json', openApiEndpoint(context))

  if (demo && addresses.labUrl) app.use('/demo', demoLevers(context))

  // For people with a browser.
  app.use(VIEWERS_OWN_PAGES, notFound)
  const publicDirs = [join(__dirname, '../public'), VIEWER, WIDGET]
  installPages(app, { party, viewsDir: join(__dirname, '../views'), publicDirs, demo, addresses })
  app.locals.navigationTo = navigationTo(config.issuer)
  app.use(['/assets', '/favicon.svg', '/favicon.ico'], readOnly)
  app.get(['/', '/callback', '/docs', '/docs/callback'], onOwnOrigin(resource))
  app.use('/docs', docsPage(context))
  app.use('/', seeThrough({ party, demo }), homePage(context))

  app.use(notFound)
  app.use(problems(log))
  return refuseMalformedTargets(app, log)
}

/** The MCP SDK takes 6 MB of memory and 0.2 s to load, so it is loaded when the first agent comes. */
function forAgents(context: Context): RequestHandler {
  let endpoint: RequestHandler | undefined
  return (request, response, next) => {
    endpoint ??= (require('./endpoints/mcp') as typeof import('./endpoints/mcp')).mcpEndpoint(context)
    endpoint(request, response, next)
  }
}
