/** Maps each path to its endpoint or page, and sets the order of the middleware. */

import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { antiForgery } from '@glasshouse/shared/anti-forgery'
import { bodyLimit } from '@glasshouse/shared/body-limit'
import { crossOrigin } from '@glasshouse/shared/cross-origin'
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
import express from 'express'
import type { Context } from './context'
import { demoLevers } from './demo-levers'
import { authorizationEndpoint } from './endpoints/authorize'
import { endedTokensEndpoint } from './endpoints/ended-tokens'
import { introspectionEndpoint } from './endpoints/introspect'
import { jwksEndpoint } from './endpoints/jwks'
import { metadataEndpoint } from './endpoints/metadata'
import { openApiEndpoint } from './endpoints/openapi'
import { OPENID_CONFIGURATION_PATH, openidConfiguration } from './endpoints/openid-configuration'
import { registrationEndpoint } from './endpoints/register'
import { revocationEndpoint } from './endpoints/revoke'
import { tokenEndpoint } from './endpoints/token'
import { accountPage } from './pages/account'
import { consentPage } from './pages/consent'
import { developerPage, signedOutMeanwhile } from './pages/developer'
import { TEXT_FIELDS } from './pages/developer-form'
import { homePage } from './pages/home'
import { loginPage, signedInElsewhere } from './pages/login'
import { pageBehindForm } from './pages/page-behind-form'

/** In bytes. */
const FORM_LIMIT = 64 * 1024

const SESSION_MAX_AGE_S = 12 * 60 * 60

export function createApp(context: Context): RequestListener {
  const { config, db, log, clock } = context
  const { demo, addresses, issuer } = config
  const party = parties(addresses)['authorization-server']
  const app = expressApp({
    // RFC 9111 §5.2.2.5: almost every response is no-store, and an ETag is of use only to a cache that stores responses.
    etag: false,
    ...(config.trustProxy && { 'trust proxy': config.trustProxy }),
  })
  // A browser app opens the sign-in page in a new window, and reads the response once it is back on the app's origin.
  app.use(requestLog(log), securityHeaders(issuer, { keepsOpener: true }))
  app.use(refuseForeignHosts(config, party, log))
  app.get(
    '/healthz',
    health(
      () => db.selectFrom('ended_token_counter').select('value').executeTakeFirstOrThrow(),
      log,
      () => context.keys.clockWarning(),
    ),
  )

  // For apps and APIs: no cookies and no anti-forgery field; clients authenticate themselves.
  app.use('/.well-known/oauth-authorization-server', crossOrigin('GET'), metadataEndpoint(context))
  app.use(OPENID_CONFIGURATION_PATH, crossOrigin('GET'), openidConfiguration(context))
  app.use('/jwks', crossOrigin('GET'), jwksEndpoint(context))
  app.use('/openapi.json', crossOrigin('GET'), openApiEndpoint(context))
  app.use('/token', crossOrigin('POST'), tokenEndpoint(context))
  app.use('/revoke', crossOrigin('POST'), revocationEndpoint(context))
  app.use('/introspect', introspectionEndpoint(context))
  app.use('/register', crossOrigin('POST, GET, PUT, DELETE'), registrationEndpoint(context))
  app.use('/ended-tokens', endedTokensEndpoint(context))

  // For users: sessions and pages.
  installPages(app, { party, viewsDir: join(__dirname, '../views'), demo, addresses })
  app.use(
    noStore,
    sessions(db, {
      cookieName: 'glasshouse-accounts.sid',
      secret: config.sessionSecret,
      origin: issuer,
      maxAge: SESSION_MAX_AGE_S,
      clock,
    }),
  )
  app.use(seeThrough({ party, demo }), pageMethods)
  // The authorization endpoint accepts requests from any site: that is its purpose. So it needs no anti-forgery field.
  app.use('/authorize', onOwnOrigin(issuer, { forms: 'pass on' }))
  app.use('/authorize', authorizationEndpoint(context))
  app.use(onOwnOrigin(issuer))
  app.use(bodyLimit(FORM_LIMIT), express.urlencoded({ extended: false, limit: FORM_LIMIT }))
  if (demo && addresses.labUrl) app.use('/demo', demoLevers(context))
  app.post('/login', signedInElsewhere(context))
  app.use('/developer', signedOutMeanwhile(context))
  app.use(antiForgery({ pageBehind: pageBehindForm, textFields: TEXT_FIELDS }))
  app.use('/login', loginPage(context))
  app.use('/consent', consentPage(context))
  app.use('/account', accountPage(context))
  app.use('/developer', developerPage(context))
  app.use('/', homePage(context))
  app.use(pageNotFound)
  app.use(errorPages(log))
  return refuseMalformedTargets(app, log)
}
