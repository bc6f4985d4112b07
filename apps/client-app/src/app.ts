/** Maps each path to its page, and sets the order of the middleware. */
import type { RequestListener } from 'node:http'
import { dirname, join } from 'node:path'
import { antiForgery } from '@glasshouse/shared/anti-forgery'
import { bodyLimit } from '@glasshouse/shared/body-limit'
import { errorPages, pageNotFound } from '@glasshouse/shared/error-pages'
import { expressApp } from '@glasshouse/shared/express-app'
import { refuseForeignHosts } from '@glasshouse/shared/foreign-hosts'
import { health } from '@glasshouse/shared/health'
import { requestLog } from '@glasshouse/shared/log'
import { refuseMalformedTargets } from '@glasshouse/shared/malformed-requests'
import { noStore } from '@glasshouse/shared/no-store'
import { onOwnOrigin } from '@glasshouse/shared/own-origin'
import { pageMethods } from '@glasshouse/shared/page-methods'
import { installPages, parties } from '@glasshouse/shared/pages'
import { securityHeaders } from '@glasshouse/shared/security-headers'
import { seeThrough } from '@glasshouse/shared/see-through'
import { sessions } from '@glasshouse/shared/sessions'
import express, { type NextFunction, type Request, type Response } from 'express'
import type { Context } from './context'
import { demoLevers } from './demo-levers'
import { connectPage } from './oauth/authorization-request'
import { callbackPage } from './oauth/callback'
import { disconnectPage } from './oauth/disconnect'
import { calendarFeed } from './pages/calendar-feed'
import { eventListPage } from './pages/event-list'
import { eventPages } from './pages/events'
import { homePage } from './pages/home'
import { timeZoneEndpoint } from './pages/time-zone'
import { tripPage } from './pages/trip'
import { tripItemPages } from './pages/trip-items'
import { tripsPage } from './pages/trips'
import { readable } from './readable'
import { renewCookie } from './session'

/**
 * In bytes. The form of an event contains its texts twice. The longest texts that the calendar accepts have about
 * 10,000 characters, each of up to 9 bytes.
 */
const FORM_LIMIT = 256 * 1024
/** Users do not sign in here, and their trips can be reached only through the session, so it lives long. */
const SESSION_MAX_AGE_S = 90 * 24 * 60 * 60
/** The calendar widget (FullCalendar), served by Tripmate like everything else on its pages. */
const WIDGET = dirname(require.resolve('fullcalendar/package.json'))

export function createApp(context: Context): RequestListener {
  const { config, db, log, clock } = context
  const { demo, addresses } = config
  const party = parties(addresses).client
  const app = expressApp()
  app.use(requestLog(log), securityHeaders(addresses.clientAppUrl), refuseForeignHosts(config, party, log))
  app.get(
    '/healthz',
    health(() => db.selectFrom('connections').select('id').limit(1).execute(), log),
  )
  const publicDirs = [join(__dirname, '../public'), WIDGET]
  installPages(app, { party, viewsDir: join(__dirname, '../views'), publicDirs, demo, addresses })
  app.use(
    noStore,
    sessions(db, {
      cookieName: 'tripmate.sid',
      secret: config.sessionSecret,
      origin: addresses.clientAppUrl,
      maxAge: SESSION_MAX_AGE_S,
      columns: ({ userId }) => ({ user_id: userId ?? null }),
      clock,
    }),
    renewCookie(clock),
    bodyLimit(FORM_LIMIT),
    express.urlencoded({ extended: false, limit: FORM_LIMIT }),
    seeThrough({ party, demo, makesCalls: true }),
    pageMethods,
    onOwnOrigin(addresses.clientAppUrl),
    navigation,
    readable,
  )

  if (demo && addresses.labUrl) app.use('/demo', demoLevers(context))

  // The client's half of the seven steps. The response is protected by `state`, not by a form's hidden field.
  app.use('/connect', connectPage(context))
  app.use('/callback', callbackPage(context))

  app.use(antiForgery({ textFields: ['summary', 'location', 'description', 'name'] }))
  app.use('/disconnect', disconnectPage(context))
  app.use('/events', eventListPage(context), eventPages(context))
  app.use('/calendar-feed', calendarFeed(context))
  app.use('/time-zone', timeZoneEndpoint())
  app.use('/trips', tripsPage(context), tripPage(context))
  app.use('/trips/:id/items', tripItemPages(context))
  app.use('/', homePage(context))
  app.use(pageNotFound)
  app.use(errorPages(log))
  return refuseMalformedTargets(app, log)
}

function navigation(request: Request, response: Response, next: NextFunction): void {
  response.locals.navigation = [
    { href: '/', label: 'Calendar', current: request.path === '/' },
    { href: '/trips', label: 'Trips', current: request.path === '/trips' },
  ]
  next()
}
