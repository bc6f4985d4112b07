/** Which path goes to which room, and in what order middleware runs. */
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { errorPages, pageNotFound } from '@glasshouse/shared/error-pages'
import { expressApp } from '@glasshouse/shared/express-app'
import { refuseForeignHosts } from '@glasshouse/shared/foreign-hosts'
import { health } from '@glasshouse/shared/health'
import { requestLog } from '@glasshouse/shared/log'
import { refuseMalformedTargets } from '@glasshouse/shared/malformed-requests'
import { noStore } from '@glasshouse/shared/no-store'
import { onOwnOrigin } from '@glasshouse/shared/own-origin'
import { pageMethods } from '@glasshouse/shared/page-methods'
import { installPages, labParty } from '@glasshouse/shared/pages'
import { securityHeaders } from '@glasshouse/shared/security-headers'
import type { NextFunction, Request, Response } from 'express'
import type { Context } from './context'
import { reportsEndpoint } from './endpoints/reports'
import { benchPage } from './pages/bench'
import { comparePages } from './pages/compare'
import { exportPages } from './pages/exports'
import { glossaryPage } from './pages/glossary'
import { homePage } from './pages/home'
import { lightsPages } from './pages/lights'
import { runPages } from './pages/runs'
import { slowMotionSwitch } from './pages/slow-motion'
import { sourcePages } from './pages/source'
import { tourPages } from './pages/tour'
import { installTextHelpers } from './text/helpers'
import { followLinkFromService } from './visibility'

export function createApp(context: Context): RequestListener {
  const { browsers, config, db, log } = context
  const { demo, addresses } = config
  const party = labParty(addresses)
  const app = expressApp({ etag: false })
  app.use(requestLog(log), securityHeaders(addresses.labUrl), refuseForeignHosts(config, party, log))
  app.get(
    '/healthz',
    health(() => db.selectFrom('runs').select('id').limit(1).execute(), log),
  )
  app.use('/reports', reportsEndpoint(context))

  const publicDirs = [join(__dirname, '../public')]
  installPages(app, { party, viewsDir: join(__dirname, '../views'), publicDirs, demo, addresses })
  installTextHelpers(app, addresses)
  app.locals.browsers = browsers
  app.use(noStore, pageMethods, onOwnOrigin(addresses.labUrl), navigation)
  app.use(followLinkFromService(context))
  app.use('/runs', lightsPages(context))
  app.use('/compare', comparePages(context))
  app.use('/runs', exportPages(context))
  app.use(slowMotionSwitch(context))
  app.use('/runs', runPages(context))
  app.use('/source', sourcePages(context))
  app.use('/bench', benchPage(context))
  app.use('/tour', tourPages(context))
  app.use('/glossary', glossaryPage())
  app.use('/', homePage(context))
  app.use(pageNotFound)
  app.use(errorPages(log))
  return refuseMalformedTargets(app, log)
}

const ROOMS = [
  { href: '/tour', label: 'Tour' },
  { href: '/runs', label: 'Watch' },
  { href: '/source/README.md', label: 'Code' },
  { href: '/glossary', label: 'Glossary' },
]

function navigation(request: Request, response: Response, next: NextFunction): void {
  response.locals.navigation = ROOMS.map(room => {
    const folder = `/${room.href.split('/')[1]}`
    const isHere = request.path === room.href || request.path.startsWith(`${folder}/`)
    return { ...room, current: request.path === room.href || (isHere && 'true') }
  })
  next()
}
