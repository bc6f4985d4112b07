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
 * A browser enforces `form-action` on the redirect that follows a form. A page whose form leads back to a client
 * therefore admits that client's redirect URI, and no other.
 * @param target a redirect URI: its origin is admitted, or its scheme if it is a native app's own (RFC 8252 §7.1)
 */
export function admitFormTarget(response: Response, target: string): void {
  const { protocol, origin } = new URL(target)
  const source = /^https?:$/.test(protocol) ? origin : protocol
  const policy = String(response.getHeader('Content-Security-Policy') ?? '')
  response.set('Content-Security-Policy', policy.replace("form-action 'self'", `form-action 'self' ${source}`))
}
