/**
 * Each service's pages have one origin. `http://127.0.0.1:4000` and `http://[::1]:4000` reach the same service as `http://localhost:4000`,
 * but a browser keeps separate cookies for each, so a user who starts at one name and returns at the other has no session
 * there. A page opened under another loopback name therefore redirects to the configured origin.
 */
import type { Request, RequestHandler } from 'express'
import { isLoopbackName } from './loopback'
import { PageError } from './page-error'
import { hostOf } from './request-host'

/**
 * Mount it before pages and after machine endpoints, which answer under any name.
 * @param origin the service's own
 * @param options `forms`: what happens to a form sent to another name. It is refused by default, because its session and
 * anti-forgery field belong to that other name. `pass on` sends it to the same path at our origin
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
    // Always our origin plus a path, so that this is not an open redirector.
    const path = request.originalUrl.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/')
    if (!reading && forms === 'refuse') {
      throw new PageError(
        403,
        'This form was sent to another address',
        `This service is at ${origin}. The page with this form was opened under another name, and your session is not valid under that name. Nothing was changed. Open the page at its own address and send the form from there.`,
        [{ href: origin + path, label: `Open it at ${own.host}` }],
        { check: 'another name of this machine' },
      )
    }
    // Set directly, because `response.redirect` would re-encode parts of the query.
    response
      .status(reading ? 302 : 307)
      .set({ Location: origin + path, 'Cache-Control': 'no-store' })
      .end()
  }
}

/**
 * Whether the request used a loopback name other than the origin's, on the origin's port. A proxy may also change the name,
 * but then the origin is not on loopback, or the port differs (`LISTEN_PORT`): a redirect would loop forever.
 */
function isOtherName(own: URL, request: Request): boolean {
  const host = hostOf(request)
  if (host === undefined || own.protocol !== 'http:' || !isLoopbackName(own.hostname)) return false
  return isLoopbackName(host.hostname) && host.hostname !== own.hostname && host.port === (own.port || '80')
}
