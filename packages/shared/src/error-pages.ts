/** The one place per service where an error becomes a page. Mounted last. */
import type { NextFunction, Request, Response } from 'express'
import type { Logger } from './log'
import { PageError } from './page-error'

/** Answers a path that leads nowhere. */
export function pageNotFound(_request: Request, _response: Response): void {
  throw new PageError(404, 'There is no page here', 'The address may be mistyped, or the page may have moved.', [
    { href: '/', label: 'Go to the start page' },
  ])
}

/** Renders a `PageError`, a body parser's complaint, or (for a bug) a page that gives the request id and nothing more. */
export function errorPages(log: Logger) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error)
      return
    }
    const page = toPageError(error)
    const requestId: string = response.locals.requestId
    if (page.status >= 500) log.error({ requestId, path: request.path, error }, 'unexpected error')
    else {
      const { method, path } = request
      log.warn({ requestId, method, path, status: page.status, refused: page.title, why: page.detail }, 'refused')
    }
    const locals = {
      status: page.status,
      title: page.title,
      detail: page.detail,
      nextSteps: page.nextSteps,
      requestId: page.status >= 500 ? requestId : undefined,
    }
    response.status(page.status).set(page.headers).set('Cache-Control', 'no-store')
    response.render('shared/error', locals, (failure: Error | null, html: string) => {
      // A file that is not sent after all has left its own type behind.
      if (!failure) return response.type('html').send(html)
      // Even the error page is broken: plain words, and nothing of the inside.
      log.error({ requestId, error: failure }, 'the error page cannot be rendered')
      response.status(500).type('text').send(`${page.title}. Request id: ${requestId}`)
    })
  }
}

function toPageError(error: unknown): PageError {
  if (error instanceof PageError) return error
  const status = clientErrorStatus(error)
  if (status === 413) return new PageError(413, 'That was too much', 'What was sent is larger than this page accepts.')
  if (status) return new PageError(status, 'This request could not be read', 'It is not in the form this page expects.')
  return new PageError(
    500,
    'Something went wrong on our side',
    'It has been written down with the number below. Please try again in a moment.',
  )
}

/** Express and its body parsers mark what is the sender's fault with a 4xx `status`. */
export function clientErrorStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN
  return status >= 400 && status < 500 ? status : undefined
}
