/** The methods that pages answer to. */
import type { NextFunction, Request, Response } from 'express'
import { PageError } from './page-error'

const METHODS = ['GET', 'HEAD', 'POST']

/**
 * For every page at once; mount it behind the endpoints for machines, which have methods of their own.
 * @throws PageError 405 (RFC 9110 §15.5.6)
 */
export function pageMethods({ method }: Request, _response: Response, next: NextFunction): void {
  if (!METHODS.includes(method)) {
    const detail = `A page is read with GET and sent with POST, not with ${method}.`
    throw new PageError(405, 'Pages do not answer to that', detail, [], { headers: { Allow: METHODS.join(', ') } })
  }
  next()
}
