/**
 * The page to try the API on. The viewer (Swagger UI) shows `/openapi.json` and signs in through the authorization server as
 * a public client with PKCE, in a new window. That window ends on `/docs/callback`, which hands the response to the page.
 */
import { dirname } from 'node:path'
import { apiPage } from '@glasshouse/shared/cast'
import { allowRequestsTo, keepWindowsTogether } from '@glasshouse/shared/security-headers'
import { Router } from 'express'
import type { Context } from '../context'
import { methodNotAllowed } from '../problem'

/** The folder with the viewer's files, which are served from here like everything else on the page. */
export const VIEWER = dirname(require.resolve('swagger-ui-dist/package.json'))

/** Files in that folder that are not for this page: they show another API, or take a response without checking its sender. */
export const VIEWERS_OWN_PAGES = [
  'index.html',
  'swagger-initializer.js',
  'oauth2-redirect.html',
  'oauth2-redirect.js',
].map(file => `/assets/${file}`)

export function docsPage({ config }: Context): Router {
  const { demo, issuer, resource } = config
  const redirectUri = `${resource}/docs/callback`
  const router = Router({ caseSensitive: true })

  router.get('/', (_request, response) => {
    // The viewer redeems the code at the token endpoint, which has another origin.
    allowRequestsTo(response, issuer)
    keepWindowsTogether(response, 'opens')
    // Only demo mode has a client for this page. Otherwise the user enters the id of one.
    response.render('docs', { redirectUri, clientId: demo ? apiPage.id : '' })
  })

  router.get('/callback', (_request, response) => {
    keepWindowsTogether(response, 'was opened')
    response.set('Cache-Control', 'no-store').render('docs-callback', { issuer })
  })

  router.all(['/', '/callback'], methodNotAllowed('GET, HEAD'))
  return router
}
