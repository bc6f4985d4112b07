/** What is wrong with a request, as `application/problem+json` (RFC 9457). Thrown where the check stands, rendered here. */
import { STATUS_CODES } from 'node:http'
import { clientErrorStatus } from '@glasshouse/shared/error-pages'
import type { Logger } from '@glasshouse/shared/log'
import type { ErrorRequestHandler, RequestHandler } from 'express'

/** Where it is wrong. */
export type Place =
  /** A member of the body: a JSON Pointer in a URI fragment (RFC 6901 §6), e.g. `#/start/dateTime`. */
  | { pointer: string }
  /** A parameter of the query. */
  | { parameter: string }

export interface ProblemOptions {
  /** RFC 9457 §3.2: an extension member that names the field and says what is wrong with it. */
  errors?: (Place & { detail: string })[]
  headers?: Record<string, string>
  /** Which check refused, for the log. */
  check?: string
}

/**
 * A refusal. Its `type` is RFC 9457's default, `about:blank`, and its `title` therefore the status's own name (§4.2.1);
 * what a reader needs to know is in `detail` and in `errors`. Neither may hold a secret: both are logged.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail)
  }
}

/** 400 for a field that is wrong. @param detail goes on after the field's name, e.g. `is missing` */
export function invalid(place: Place, detail: string): Problem {
  const [name, check] = 'pointer' in place ? [place.pointer.slice(2), 'event'] : [place.parameter, 'list']
  return new Problem(400, `${name} ${detail}`, { errors: [{ ...place, detail }], check })
}

export const notFound: RequestHandler = () => {
  throw new Problem(404, 'There is nothing at this address. The events are at /calendar/events.', { check: 'path' })
}

/** RFC 9110 §15.5.6, and §9.3.7 for OPTIONS. @param allow the methods there are */
export function methodNotAllowed(allow: string): RequestHandler {
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new Problem(405, `This address answers to ${allow} only.`, { headers: { Allow: allow }, check: 'method' })
    }
    response.status(204).set('Allow', allow).end()
  }
}

/** The one place where a request is refused: problem+json, and a line in the log that says which check refused. */
export function problems(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const { status, detail, options } = toProblem(error)
    const { requestId } = response.locals
    const where = { requestId, method: request.method, path: request.path, status }
    if (status === 500) log.error({ ...where, error }, 'unexpected error')
    else log.warn({ ...where, refused: options.check, why: detail }, 'refused')
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .set(options.headers ?? {})
      .type('application/problem+json')
      .send(
        JSON.stringify({
          title: STATUS_CODES[status],
          status,
          detail,
          ...(options.errors && { errors: options.errors }),
          ...(status >= 500 && { requestId }),
        }),
      )
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = clientErrorStatus(error)
  const check = 'body'
  if (status === 413) return new Problem(413, 'The body is larger than 100 kB.', { check })
  if (status === 415) return new Problem(415, 'The body has a Content-Encoding that is not known here.', { check })
  if (error instanceof URIError) {
    return new Problem(400, 'The address has a % that is not followed by UTF-8.', { check: 'path' })
  }
  if (status) return new Problem(400, 'The body did not arrive as it was announced.', { check })
  return new Problem(500, 'Something went wrong on our side. The log has it under this request id.')
}
