import type { NextFunction, Request, Response } from 'express'

/**
 * Keeps an answer out of every cache, including the browser's own (RFC 9111 §5.2.2.5). Mount it before everything that is
 * made for one user, and after the assets, which are the same for all.
 */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store')
  next()
}
