/**
 * What the levers of the demo share (`apps/…/src/demo-levers.ts`): who may pull one, and the way back to the Lab. A lever lets a
 * learner change something at a service that only time or another page would change. None is mounted in production.
 */
import type { Request, RequestHandler, Response } from 'express'
import { exchanges } from './trace'

/**
 * Lets through only forms of the Lab's own pages. The browser adds the session's cookie to any request that comes from the same
 * host, so the cookie proves nothing; `Origin`, which a page cannot change, says whose page the form was on.
 */
export function fromLabPage(labUrl: string): RequestHandler {
  return (request, response, next) => {
    if (request.headers.origin === labUrl) return next()
    refuse(response, `This lever can be used only from the Lab’s own pages, at ${labUrl}.`)
  }
}

/** Lets through only programs on this machine: a page sends an `Origin` or a cookie of its own, another machine has another address. */
export const fromThisMachine: RequestHandler = (request, response, next) => {
  const { remoteAddress, localAddress } = request.socket
  const isHere = remoteAddress === localAddress || /^(?:::ffff:)?127\.|^::1$/.test(remoteAddress ?? '')
  const { origin, 'x-forwarded-for': forwarded, 'sec-fetch-site': site } = request.headers
  if (isHere && origin === undefined && forwarded === undefined && site === undefined) return next()
  refuse(response, 'Only the Lab, on this machine, may ask for this.')
}

function refuse(response: Response, why: string): void {
  response.status(403).set('Cache-Control', 'no-store').type('text').send(`${why}\n`)
}

/**
 * Sends the browser back to the page of the Lab that the form's field `back` names, with the id under which the Lab knows this
 * exchange.
 * @param failed why nothing was done, in one word, for the Lab to put into a sentence
 */
export function backToLab(request: Request, response: Response, labUrl: string, failed?: string): void {
  const back = request.body?.back
  const url = new URL(typeof back === 'string' && URL.canParse(back, labUrl) ? back : '/runs', labUrl)
  const target = url.origin === new URL(labUrl).origin ? url : new URL('/runs', labUrl)
  const exchange = exchanges.current
  if (exchange) target.searchParams.set('pressed', exchange.spanId)
  if (failed) target.searchParams.set('failed', failed)
  response.redirect(303, target.href)
}
