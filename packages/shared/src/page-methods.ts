/** Refuses methods that pages do not support. */
import type { NextFunction, Request, Response } from 'express'
import { pageNotFound } from './error-pages'
import { PageError } from './page-error'
import { methodsAt } from './routes'

const METHODS = ['GET', 'HEAD', 'POST']

/**
 * For all pages. Mount it after the machine endpoints, which allow other methods, and before the anti-forgery check, so that
 * a form sent to a path without a page gets 404, not a message about a missing field.
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
    ? `Pages accept GET and POST, not ${method}.`
    : 'This page has no form, so it accepts only GET.'
  return new PageError(405, 'Method not allowed', detail, [], { headers: { Allow: allowed.join(', ') } })
}
