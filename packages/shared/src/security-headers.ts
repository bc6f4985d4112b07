/** What every answer to a browser carries: helmet, with a policy that lets nothing in from another host. */
import type { Response } from 'express'
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
 * @param origin the service's own; over https it also asks browsers to stay there (HSTS)
 * @param options `keepsOpener`: a page elsewhere that opens one of ours in a window of its own may go on holding on to it
 */
export function securityHeaders(origin: string, { keepsOpener = false } = {}) {
  const https = origin.startsWith('https:')
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    // RFC 9700 §4.2.4: a page whose address holds a code or a state hands it to no other site.
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    ...(https ? {} : { strictTransportSecurity: false as const }),
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: keepsOpener ? 'unsafe-none' : 'same-origin' },
  })
}

/**
 * Takes `form-action` out of the policy of one page. A browser enforces it on every redirect that follows a form, and
 * so on redirects of other people's servers: a page whose form leads back to a client cannot know them all.
 */
export function liftFormAction(response: Response): void {
  const policy = String(response.getHeader('Content-Security-Policy') ?? '')
  response.set('Content-Security-Policy', policy.replace("form-action 'self';", ''))
}
