/**
 * The page for developers: what the API is, and a place to try it on. The viewer (Swagger UI) shows `/openapi.json` and signs in through the authorization server as
 * a public client with PKCE, in a new window. That window ends on `/docs/callback`, which hands the response to the page.
 */
import { STATUS_CODES } from 'node:http'
import { dirname } from 'node:path'
import { apiPage } from '@glasshouse/shared/cast'
import { allowRequestsTo, keepWindowsTogether } from '@glasshouse/shared/security-headers'
import { Router } from 'express'
import { refusalWithoutToken } from '../challenge'
import type { Context } from '../context'
import { formatProblem, methodNotAllowed, type Problem } from '../problem'
import { metadataUrlOf } from './protected-resource-metadata'

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
  const metadataUrl = metadataUrlOf(config, '/calendar/events')
  const refusal = asHttp(refusalWithoutToken(metadataUrl))
  const router = Router({ caseSensitive: true })

  router.get('/', (_request, response) => {
    // The viewer redeems the code at the token endpoint, which has another origin.
    allowRequestsTo(response, issuer)
    keepWindowsTogether(response, 'opens')
    // Only demo mode has a client for this page. Otherwise the user enters the id of one.
    response.render('docs', { redirectUri, clientId: demo ? apiPage.id : '', metadataUrl, refusal })
  })

  router.get('/callback', (_request, response) => {
    keepWindowsTogether(response, 'was opened')
    response.set('Cache-Control', 'no-store').render('docs-callback', { issuer })
  })

  router.all(['/', '/callback'], methodNotAllowed('GET, HEAD'))
  return router
}

/** @returns the response as text, without the headers that every response has */
function asHttp(problem: Problem): string {
  const headers = { ...problem.options.headers, 'Content-Type': 'application/problem+json' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const startLine = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`
  return [startLine, ...lines, '', formatProblem(problem, undefined)].join('\n')
}
