/** Cross-origin requests without credentials, for what uses no cookie: a token is proof enough (Fetch standard, CORS). */
import type { NextFunction, Request, Response } from 'express'

/** Request headers. A browser client of the Model Context Protocol sends the last one with each request, discovery included. */
const ADMITTED = ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'MCP-Protocol-Version']

/** How long a browser may go without asking again, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600

/** Answers preflights with 204, and lets any origin read the answer and the headers named here. */
export function crossOrigin(methods: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.set('Access-Control-Allow-Origin', '*')
    response.set('Access-Control-Expose-Headers', 'ETag, Location, WWW-Authenticate')
    response.set('Cross-Origin-Resource-Policy', 'cross-origin')
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
