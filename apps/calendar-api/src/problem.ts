/** What is wrong with a request, as `application/problem+json` (RFC 9457). Thrown where the check stands, rendered here. */
import { STATUS_CODES } from 'node:http'
import { clientError } from '@glasshouse/shared/client-error'
import { breakOff } from '@glasshouse/shared/error-pages'
import type { Logger } from '@glasshouse/shared/log'
import { describeForLog, logRefusal } from '@glasshouse/shared/refusal-log'
import { storeUnavailable, TRY_AGAIN } from '@glasshouse/shared/store-unavailable'
import type { ErrorRequestHandler, RequestHandler } from 'express'

/** Where it is wrong. */
export type Place =
  /** A member of the body: a JSON Pointer in a URI fragment (RFC 6901 §6), e.g. `#/start/dateTime`. */
  | { pointer: string }
  /** A parameter of the query. */
  | { parameter: string }

/** RFC 9457 §3.1.1: a kind of problem that a client can act upon. */
export interface ProblemType {
  /** An absolute URL that identifies it, and leads to its explanation. Compared as text. */
  type: string
  /** The same text at every occurrence (§3.1.3). */
  title: string
}

export interface ProblemOptions {
  /** Left out, it is `about:blank`: the status says all there is to say about its kind (§4.2.1). */
  kind?: ProblemType
  /** RFC 9457 §3.2: an extension member that names the field and says what is wrong with it. */
  errors?: (Place & { detail: string })[]
  headers?: Record<string, string>
  /** Which check refused, for the log. */
  check?: string
}

/**
 * A refusal. What a reader needs to know is in `detail` and in `errors`. Neither may hold a secret: both are logged.
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

/**
 * RFC 9110 §15.5.6, and §9.3.7 for OPTIONS.
 * @param allow the methods there are
 * @param more further headers by which OPTIONS tells what there is
 */
export function methodNotAllowed(allow: string, more: Record<string, string> = {}): RequestHandler {
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new Problem(405, `This address answers to ${allow} only.`, { headers: { Allow: allow }, check: 'method' })
    }
    response
      .status(204)
      .set({ Allow: allow, ...more })
      .end()
  }
}

/** For files, whose addresses answer to nothing but reading: one that is not there is left to `notFound`. */
export const readOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next()
  else methodNotAllowed('GET, HEAD')(request, response, next)
}

/** The one place where a request is refused: problem+json, and a line in the log that says which check refused. */
export function problems(log: Logger): ErrorRequestHandler {
  // Express knows a handler of errors by its four parameters.
  return (error, _request, response, _next) => {
    if (response.headersSent) return breakOff(log, response, error)
    const refusal = toProblem(error)
    const problem = refusal ?? OUR_FAULT
    const { status, detail, options } = problem
    const why = storeUnavailable(error)?.message ?? detail
    if (refusal) logRefusal(log, response, options.check ?? 'request', why, { status })
    else log.error({ ...describeForLog(response), status, error }, 'unexpected error')
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .set(options.headers ?? {})
      .type('application/problem+json')
      .send(formatProblem(problem, response.locals.requestId))
  }
}

/** @returns the body of the answer. It is indented, because people read it too. */
export function formatProblem({ status, detail, options }: Problem, requestId: string | undefined): string {
  const { kind = { title: STATUS_CODES[status] }, errors } = options
  const members = { ...kind, status, detail, ...(errors && { errors }), ...(status >= 500 && { requestId }) }
  return JSON.stringify(members, null, 2)
}

const OUR_FAULT = new Problem(500, 'Something went wrong on our side. The log has it under this request id.')

/** @returns undefined for what nobody has foreseen: a bug */
function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (storeUnavailable(error)) return WITHOUT_DATA
  const refused = clientError(error)
  if (!refused) return undefined
  const { status, check, headers } = refused
  return new Problem(status, BY_CHECK[check] ?? BY_STATUS[status] ?? UNREADABLE, { headers, check })
}

const WITHOUT_DATA = new Problem(503, 'The calendar cannot reach its data right now. Try again in a few seconds.', {
  headers: TRY_AGAIN,
  check: 'store',
})

const UNREADABLE = 'The request cannot be read.'

/** What Express and its body parser mind, in words of ours. */
const BY_CHECK: Record<string, string> = {
  path: 'The address has a % that is not followed by UTF-8.',
  body: 'The body did not arrive as it was announced.',
  'encoding.unsupported': 'The body has a Content-Encoding that is not known here.',
  'entity.too.large': 'The body is larger than 100 kB.',
  'request.aborted': 'The body broke off.',
  'request.size.invalid': 'The body is not as long as its Content-Length.',
}

/** And of a file that is asked for under conditions (RFC 9110 §13.1, §14.2). */
const BY_STATUS: Record<number, string> = {
  412: 'The file is not, or no longer, the one that the request is about.',
  416: 'The request is about bytes that the file does not have.',
}
