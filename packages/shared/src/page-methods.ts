/** The methods that pages answer to. */
import type { NextFunction, Request, Response } from 'express'
import { pageNotFound } from './error-pages'
import { PageError } from './page-error'
import { methodsAt } from './routes'

const METHODS = ['GET', 'HEAD', 'POST']

/**
 * For every page at once. Mount it behind the endpoints for machines, which have methods of their own, and before the check of
 * the anti-forgery field: a form that is sent to no page at all is not a form that lacks something.
 * @throws PageError 405 (RFC 9110 §15.5.6), or 404 for a form that is sent to a path without a page
 */
export function pageMethods(request: Request, response: Response, next: NextFunction): void {
  const { method, path } = request
  if (!METHODS.includes(method)) throw notAllowed(method, METHODS)
  if (method === 'POST') {
    const methods = methodsAt(request.app.router, path)
    if (methods.length === 0) pageNotFound(request, response)
    else if (!methods.includes('POST')) throw notAllowed(method, ['GET', 'HEAD'])
  }
  next()
}

function notAllowed(method: string, allowed: string[]): PageError {
  const detail = allowed.includes('POST')
    ? `A page is read with GET and sent with POST, not with ${method}.`
    : 'There is no form here: this page can only be read.'
  return new PageError(405, 'Pages do not answer to that', detail, [], { headers: { Allow: allowed.join(', ') } })
}
