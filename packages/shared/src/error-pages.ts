/** The one place per service where an error becomes a page. Mounted last. */
import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'
import { clientError } from './client-error'
import type { Logger } from './log'
import { PageError } from './page-error'
import { describeForLog, logRefusal } from './refusal-log'
import { storeUnavailable, TRY_AGAIN } from './store-unavailable'

/** Answers a path for which there is no page. */
export function pageNotFound(_request: Request, _response: Response): void {
  throw new PageError(404, 'Page not found', 'The address may be mistyped, or the page may have moved.', [
    { href: '/', label: 'Go to the start page' },
  ])
}

/**
 * Renders a `PageError`, a body parser's error, or (for a bug) a page that shows only the request id.
 * @returns the handler twice: after an error page, express-session may report that it cannot save the session
 */
export function errorPages(log: Logger): [ErrorRequestHandler, ErrorRequestHandler] {
  const handler = errorPage(log)
  return [handler, handler]
}

function errorPage(log: Logger) {
  return async (error: unknown, _request: Request, response: Response, _next: NextFunction): Promise<void> => {
    if (response.headersSent) return breakOff(log, response, error)
    const refusal = toRefusal(error)
    const page = refusal ?? OUR_FAULT
    if (refusal) logRefusal(log, response, page.title, page.options.check ?? page.detail, { status: page.status })
    else log.error({ ...describeForLog(response), error }, 'unexpected error')
    const { requestId } = response.locals
    const { status, title, detail, nextSteps, options } = page
    response
      .status(status)
      .set(page.options.headers ?? {})
      .set('Cache-Control', 'no-store')
    try {
      const number = status >= 500 ? requestId : undefined
      const { forDeveloper, compared = [], typed } = options
      const locals = { status, title, detail, nextSteps, forDeveloper, compared, typed, requestId: number }
      // A file that could not be sent has already set its own content type.
      response.type('html').send(await render(response, locals))
    } catch (failure) {
      // The error page itself failed: answer with plain text and no internals.
      log.error({ requestId, error: failure }, 'cannot render the error page')
      response.status(500).type('text').send(`${title}. Request id: ${requestId}`)
    }
  }
}

/**
 * For an error after part of the response was sent: closes the connection, because the client would otherwise take the
 * part for the whole. (Express does the same, but also writes the error to the console.) If the whole response was sent,
 * as when a session cannot be saved at the end, this only logs the error.
 */
export function breakOff(log: Logger, response: Response, error: unknown): void {
  const unavailable = storeUnavailable(error)
  if (unavailable) logRefusal(log, response, 'after the response had started', unavailable.message)
  else log.error({ ...describeForLog(response), error }, 'failed after the response had started')
  if (!response.writableEnded) response.destroy()
}

function render(response: Response, locals: object): Promise<string> {
  return new Promise((resolve, reject) => {
    response.render('shared/error', locals, (failure: Error | null, html: string) => {
      if (failure) reject(failure)
      else resolve(html)
    })
  })
}

const OUR_FAULT = new PageError(
  500,
  'Something went wrong on our side',
  'The error was logged under the request id below. Please try again in a moment.',
)

/** @returns undefined for an unexpected error, which is a bug */
function toRefusal(error: unknown): PageError | undefined {
  if (error instanceof PageError) return error
  const unavailable = storeUnavailable(error)
  if (unavailable) return withoutData(unavailable.message)
  const refused = clientError(error)
  if (!refused) return undefined
  const { status, check, headers } = refused
  const [title, detail] = IN_PLAIN_WORDS[status] ?? [
    'This request could not be read',
    'It does not have the format that this page expects.',
  ]
  return new PageError(status, title, detail, [], { headers, check })
}

function withoutData(reason: string): PageError {
  return new PageError(
    503,
    'This service cannot reach its data right now',
    'Nothing is lost. Wait a few seconds, then reload this page. If you sent a form, go back and send it again.',
    [],
    { headers: TRY_AGAIN, check: reason },
  )
}

/** By status: texts for unusual requests, mostly from scripts. */
const IN_PLAIN_WORDS: Record<number, [title: string, detail: string]> = {
  412: ['This file has changed', 'It is no longer the version that the request asked for. Load it again.'],
  413: ['The request is too large', 'It is larger than this page accepts. Send less.'],
  415: ['This form has an encoding that we cannot read', 'Its compression or character encoding is not supported.'],
  416: ['This part of the file does not exist', 'The request asks for bytes beyond the end of the file.'],
}
