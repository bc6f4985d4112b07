/** The pages of slow motion, which each service shows at its own origin: `/demo/stop/:id`, and `/demo/go/:id` to go on. */

import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import express, { type Request, type Response } from 'express'
import { bodyLimit } from '../body-limit'
import type { Clock } from '../clock'
import type { Surroundings } from '../environment'
import { errorPages, pageNotFound } from '../error-pages'
import { expressApp } from '../express-app'
import { refuseForeignHosts } from '../foreign-hosts'
import { type Logger, requestLog } from '../log'
import { refuseMalformedTargets } from '../malformed-requests'
import { noStore } from '../no-store'
import { onOwnOrigin } from '../own-origin'
import { PageError } from '../page-error'
import { pageMethods } from '../page-methods'
import { installPages } from '../pages'
import { securityHeaders } from '../security-headers'
import { readRunCookie } from './run-cookie'
import type { Service } from './scenes'
import { codeEndsAt, isSlow, slowCookie } from './slow-cookie'
import { stopPage } from './stop-page'
import type { Stop, Stops } from './stops'
import { exchanges } from './trace'

/** In bytes. */
const FORM_LIMIT = 4 * 1024

export function stopPages(
  service: Service,
  config: Pick<Surroundings, 'demo' | 'addresses' | 'hosts' | 'allowedHosts'>,
  stops: Stops,
  log: Logger,
  clock: Clock,
): RequestListener {
  const { party, addresses, name } = service
  const app = expressApp({ etag: false })
  // As in the services: an app may have opened the sign-in page in a window of its own.
  app.use(requestLog(log), securityHeaders(party.origin, { keepsOpener: name === 'auth-server' }))
  app.use(refuseForeignHosts(config, party, log))
  installPages(app, { party, viewsDir: join(__dirname, '../../views/slow-motion'), demo: config.demo, addresses })
  app.use(noStore, pageMethods, onOwnOrigin(party.origin))

  app.get('/demo/stop/:id', (request, response) => {
    const stop = find(request, request.params.id)
    if (stop.sentAt !== undefined) return showSent(response, stop)
    response.render('stop', {
      stop: stopPage(service, stop, clock()),
      slow: isSlow(request.headers.cookie),
    })
  })

  app.get('/demo/go/:id', (request, response) => {
    const stop = find(request, request.params.id)
    if (request.method === 'HEAD') return void response.end() // RFC 9110 §9.2.1: it sends nothing
    if (!stops.send(stop)) return showSent(response.status(409), stop)
    // Set directly, because `response.redirect` would re-encode parts of the query.
    response.status(303).set('Location', stop.target).end()
  })

  // The browser has brought an answer. The address leaves the address bar while it waits: it holds a live code.
  app.get('/callback', (request, response) => {
    const target = party.origin + request.originalUrl
    const code = typeof request.query.code === 'string' ? request.query.code : undefined
    const endsAt = code === undefined ? undefined : codeEndsAt(request.headers.cookie, code)
    const browser = readRunCookie(request.headers.cookie)
    const stop =
      stops.findArrival(target, browser) ??
      stops.add({
        scene: code === undefined ? 'error arrived' : 'code arrived',
        browser,
        target,
        codeEndsAt: endsAt === undefined ? undefined : endsAt * 1000,
        calls: [],
      })
    response.redirect(303, `/demo/stop/${stop.id}`)
    stop.browser ??= exchanges.current?.browser // a new browser has just got its cookie
  })

  app.post('/demo/slow', bodyLimit(FORM_LIMIT), express.urlencoded({ extended: false, limit: FORM_LIMIT }), setSlow)
  app.use(pageNotFound)
  app.use(errorPages(log))
  return refuseMalformedTargets(app, log)

  function find(request: Request, id: string): Stop {
    const stop = stops.find(id, readRunCookie(request.headers.cookie))
    if (stop) return stop
    throw new PageError(
      404,
      'This stop is no longer here',
      'Stops are kept for 30 minutes, for the browser that made them. Nothing was sent from here. Start again in Tripmate.',
      [{ href: `${addresses.clientAppUrl}/`, label: 'Go to Tripmate' }],
    )
  }

  function showSent(response: Response, stop: Stop): void {
    response.render('sent', { scene: stop.scene })
  }

  function setSlow(request: Request, response: Response): void {
    // No anti-forgery field: the switch changes nothing but the pace, and other sites are kept out.
    if (request.get('Sec-Fetch-Site') === 'cross-site') {
      throw new PageError(403, 'This form was sent from another site', 'Slow motion was not changed.', [
        { href: '/', label: 'Go to the start page' },
      ])
    }
    const { value, stop } = (request.body ?? {}) as Record<string, unknown>
    response.append('Set-Cookie', slowCookie(value === 'on', party.origin.startsWith('https:')))
    response.redirect(303, /^[\w-]{22}$/.test(String(stop)) ? `/demo/stop/${stop}` : '/')
  }
}
