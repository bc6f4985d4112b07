/** The one place per service where an error becomes a page. Mounted last. */
import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'
import { clientError } from './client-error'
import type { Logger } from './log'
import { PageError } from './page-error'
import { describeForLog, logRefusal } from './refusal-log'
import { storeUnavailable, TRY_AGAIN } from './store-unavailable'

/** Answers a path that leads nowhere. */
export function pageNotFound(_request: Request, _response: Response): void {
  throw new PageError(404, 'There is no page here', 'The address may be mistyped, or the page may have moved.', [
    { href: '/', label: 'Go to the start page' },
  ])
}

/**
 * Renders a `PageError`, a body parser's complaint, or (for a bug) a page that gives the request id and nothing more.
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
      // A file that is not sent after all has left its own type behind.
      response.type('html').send(await render(response, locals))
    } catch (failure) {
      // Even the error page is broken: plain words, and nothing of the inside.
      log.error({ requestId, error: failure }, 'the error page cannot be rendered')
      response.status(500).type('text').send(`${title}. Request id: ${requestId}`)
    }
  }
}

/**
 * For an error that comes when a part of the answer is out: the connection is cut, because the recipient would otherwise
 * take the part for the whole. (Express does the same, but also writes the error to the console.) If all of it is out, as
 * when a session cannot be saved at the end, there is only the log line to write.
 */
export function breakOff(log: Logger, response: Response, error: unknown): void {
  const unavailable = storeUnavailable(error)
  if (unavailable) logRefusal(log, response, 'after the answer had begun', unavailable.message)
  else log.error({ ...describeForLog(response), error }, 'failed after the answer had begun')
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
  'It has been written down with the number below. Please try again in a moment.',
)

/** @returns undefined for what nobody has foreseen: a bug */
function toRefusal(error: unknown): PageError | undefined {
  if (error instanceof PageError) return error
  const unavailable = storeUnavailable(error)
  if (unavailable) return withoutData(unavailable.message)
  const refused = clientError(error)
  if (!refused) return undefined
  const { status, check, headers } = refused
  const [title, detail] = IN_PLAIN_WORDS[status] ?? [
    'This request could not be read',
    'It is not in the form this page expects.',
  ]
  return new PageError(status, title, detail, [], { headers, check })
}

function withoutData(reason: string): PageError {
  return new PageError(
    503,
    'This service cannot reach its data right now',
    'Nothing is lost. Wait a few seconds, then load this page again. If you sent a form, go back and send it once more.',
    [],
    { headers: TRY_AGAIN, check: reason },
  )
}

/** By status: what a browser that is asked to do odd things, or a script, is told. */
const IN_PLAIN_WORDS: Record<number, [title: string, detail: string]> = {
  412: ['This file has changed', 'It is not, or no longer, the one that the request is about.'],
  413: ['That was too much', 'What was sent is larger than this page accepts.'],
  415: [
    'This form came in a way that we cannot read',
    'It is packed, or written in characters, that are not known here.',
  ],
  416: ['There is no such part of this file', 'The request is about bytes that the file does not have.'],
}
