/**
 * Pages live at one origin. `http://127.0.0.1:4000` and `http://[::1]:4000` reach the same service as `http://localhost:4000`,
 * but a browser keeps separate cookies for each, so somebody who starts at one name and comes back to the other is a stranger
 * there. A page that is opened by another loopback name therefore leads to the configured origin.
 */
import type { Request, RequestHandler } from 'express'
import { isLoopbackName } from './loopback'
import { PageError } from './page-error'
import { hostOf } from './request-host'

/**
 * Mount it before pages, and behind whatever is for programs: those are answered where they are.
 * @param origin the service's own
 * @param options `forms`: what becomes of a form that was sent to another name. It is refused by default, for its page, and
 * with it the session and the anti-forgery field, belong to that other name. `pass on` sends it to the same path at our origin
 * @throws PageError 403 for a form
 */
export function onOwnOrigin(
  origin: string,
  { forms = 'refuse' }: { forms?: 'refuse' | 'pass on' } = {},
): RequestHandler {
  const own = new URL(origin)
  return (request, response, next) => {
    if (!isOtherName(own, request) || !request.accepts('html')) return next()
    const reading = request.method === 'GET' || request.method === 'HEAD'
    // Our origin and a path, whatever was sent: nobody can make a redirector of it.
    const path = request.originalUrl.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/')
    if (!reading && forms === 'refuse') {
      throw new PageError(
        403,
        'This form was sent to another address',
        `This service is at ${origin}. The page with this form was opened under another name, where your session is not known. Nothing was changed. Open the page at its own address and send it from there.`,
        [{ href: origin + path, label: `Open it at ${own.host}` }],
        { check: 'another name of this machine' },
      )
    }
    // The header is set as it is: `response.redirect` would encode parts of the query anew.
    response
      .status(reading ? 302 : 307)
      .set({ Location: origin + path, 'Cache-Control': 'no-store' })
      .end()
  }
}

/**
 * Whether a loopback name was used that is not the origin's, on the origin's port. Behind a proxy the name may well be another
 * one, but then the origin is not on loopback, or the port is a copy's own (`LISTEN_PORT`): to redirect there would never end.
 */
function isOtherName(own: URL, request: Request): boolean {
  const host = hostOf(request)
  if (host === undefined || own.protocol !== 'http:' || !isLoopbackName(own.hostname)) return false
  return isLoopbackName(host.hostname) && host.hostname !== own.hostname && host.port === (own.port || '80')
}
