/** Allows cross-origin requests without credentials to endpoints that use no cookies (Fetch standard, CORS). */
import type { NextFunction, Request, Response } from 'express'

/**
 * Request headers. Browser clients of the Model Context Protocol send the one with its name with every request, and a page
 * that reads server-sent events with a bearer token sends the last one itself.
 */
const ADMITTED = ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'MCP-Protocol-Version', 'Last-Event-ID']

/** How long a browser may cache the response to a preflight, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600

/** Answers preflights with 204, and lets pages of any origin read the response and the headers named here. */
export function crossOrigin(methods: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Location, WWW-Authenticate')
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      response.set('Access-Control-Allow-Methods', methods)
      response.set('Access-Control-Allow-Headers', ADMITTED.join(', '))
      response.set('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_S))
      response.sendStatus(204)
      return
    }
    next()
  }
}
