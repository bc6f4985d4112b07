/** The security headers of every response to a browser: helmet, with a policy that loads nothing from other hosts. */
import type { NextFunction, Request, Response } from 'express'
import helmet from 'helmet'

const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"], // RFC 6749 §10.13, RFC 9700 §4.16: clickjacking
  'base-uri': ["'none'"],
}

/**
 * @param origin the service's own; if it is https, browsers are told to use only https (HSTS)
 * @param options `keepsOpener`: a page of another site that opens one of our pages in a new window keeps access to it
 */
export function securityHeaders(origin: string, { keepsOpener = false } = {}) {
  const https = origin.startsWith('https:')
  const headers = headersOf({
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    // RFC 9700 §4.2.4: a page with a code or a state in its URL must not reveal it to other sites.
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    ...(https ? {} : { strictTransportSecurity: false as const }),
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: keepsOpener ? 'unsafe-none' : 'same-origin' },
  })
  return (_request: Request, response: Response, next: NextFunction): void => {
    for (const [name, value] of headers) response.setHeader(name, value)
    next()
  }
}

/** The headers are the same for every response, so helmet works them out once. */
function headersOf(options: Parameters<typeof helmet>[0]): [string, string][] {
  const headers: [string, string][] = []
  const collector = { setHeader: (name: string, value: string) => headers.push([name, value]), removeHeader() {} }
  helmet(options)({} as Request, collector as unknown as Response, () => {})
  return headers
}

/**
 * Removes `form-action` from the policy of one page. Browsers enforce it on every redirect that follows a form, even on
 * those of other servers. A page whose form leads back to a client cannot know all of these.
 */
export function liftFormAction(response: Response): void {
  const policy = String(response.getHeader('Content-Security-Policy') ?? '')
  response.set('Content-Security-Policy', policy.replace("form-action 'self';", ''))
}

/**
 * Lets one page send requests to another service, such as the token endpoint, as a client in the browser has to.
 * @param origin the other service's
 */
export function allowRequestsTo(response: Response, origin: string): void {
  const policy = String(response.getHeader('Content-Security-Policy') ?? '')
  response.set('Content-Security-Policy', policy.replace("connect-src 'self'", `connect-src 'self' ${origin}`))
}

/**
 * Lets a page and a window that it opened reach each other although the window leads through another service.
 * @param part `opens` for the page that opens the window, `was opened` for the page on which the window ends
 */
export function keepWindowsTogether(response: Response, part: 'opens' | 'was opened'): void {
  const policy = part === 'opens' ? 'same-origin-allow-popups' : 'unsafe-none'
  response.set('Cross-Origin-Opener-Policy', policy)
}
