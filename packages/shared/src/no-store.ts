import type { NextFunction, Request, Response } from 'express'

/**
 * Keeps an answer out of every cache, the browser's own included (RFC 9111 §5.2.2.5). Mount it before whatever is made
 * for one person, and behind the assets, which are for all.
 */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store')
  next()
}
