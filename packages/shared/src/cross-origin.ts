/** Cross-origin requests without credentials, for what uses no cookie: a token is proof enough (Fetch standard, CORS). */
import type { NextFunction, Request, Response } from 'express'

/** Answers preflights with 204, and lets any origin read the answer and the headers named here. */
export function crossOrigin(methods: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.set('Access-Control-Allow-Origin', '*')
    response.set('Access-Control-Expose-Headers', 'ETag, Location, WWW-Authenticate')
    response.set('Cross-Origin-Resource-Policy', 'cross-origin')
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      response.set('Access-Control-Allow-Methods', methods)
      response.set('Access-Control-Allow-Headers', 'Authorization, Content-Type, If-Match, If-None-Match')
      response.set('Access-Control-Max-Age', '600')
      response.sendStatus(204)
      return
    }
    next()
  }
}
