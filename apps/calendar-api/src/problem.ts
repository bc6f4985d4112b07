/** What is wrong with a request, as `application/problem+json` (RFC 9457). Checks throw it, and this file renders it. */
import { STATUS_CODES } from 'node:http'
import { clientError } from '@glasshouse/shared/client-error'
import { breakOff } from '@glasshouse/shared/error-pages'
import type { Logger } from '@glasshouse/shared/log'
import { describeForLog, logRefusal } from '@glasshouse/shared/refusal-log'
import { storeUnavailable, TRY_AGAIN } from '@glasshouse/shared/store-unavailable'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { ProblemBody } from './description/problem'

/** Where the error is. */
export type Place =
  /** A member of the body: a JSON Pointer in a URI fragment (RFC 6901 §6), e.g. `#/start/dateTime`. */
  | { pointer: string }
  /** A parameter of the query. */
  | { parameter: string }

/** A place in an iCalendar file: a line, counted from 1, and the event and the property if these are known. */
export interface PlaceInFile {
  line: number
  uid?: string | undefined
  property?: string | undefined
}

/** A kind of problem that a client can recognise (RFC 9457 §3.1.1). */
export interface ProblemType {
  /** An absolute URL that identifies it and leads to its explanation. Clients compare it as text. */
  type: string
  /** Always the same text for the same type (§3.1.3). */
  title: string
}

export interface ProblemOptions {
  /** Omitted for `about:blank`: the problem has no kind beyond its status (§4.2.1). */
  kind?: ProblemType
  /** RFC 9457 §3.2: an extension member with each invalid field and what is wrong with it. */
  errors?: ((Place | PlaceInFile) & { detail: string })[]
  headers?: Record<string, string>
  /** The name of the failed check, for the log. */
  check?: string
}

/**
 * A refusal. `detail` and `errors` say what is wrong and what to do. Neither may contain a secret: both are logged.
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

/** 400 for an invalid field. @param detail continues after the field's name, e.g. `is missing` */
export function invalid(place: Place, detail: string): Problem {
  const [name, check] = 'pointer' in place ? [place.pointer.slice(2), 'event'] : [place.parameter, 'list']
  return new Problem(400, `${name} ${detail}.`, { errors: [{ ...place, detail }], check })
}

/** The answer is the same whether the calendar never existed, was deleted, or belongs to another user. */
export function noSuchCalendar(): Problem {
  return new Problem(404, 'You have no calendar with this id.', { check: 'calendar.id' })
}

export const notFound: RequestHandler = () => {
  throw new Problem(404, 'There is nothing at this address. Events are at /calendar/events.', { check: 'path' })
}

/**
 * RFC 9110 §15.5.6, and §9.3.7 for OPTIONS.
 * @param allow the supported methods
 * @param more further headers for the answer to OPTIONS
 */
export function methodNotAllowed(allow: string, more: Record<string, string> = {}): RequestHandler {
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new Problem(
        405,
        `This address does not support this method. Use ${allow.replace(/, ([^,]+)$/, ' or $1')}.`,
        { headers: { Allow: allow }, check: 'method' },
      )
    }
    response
      .status(204)
      .set({ Allow: allow, ...more })
      .end()
  }
}

/** For static files. A missing file is left to `notFound`. */
export const readOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next()
  else methodNotAllowed('GET, HEAD')(request, response, next)
}

/** How a refusal is written: the media type, and the body. */
export interface Rendering {
  type: string
  format(problem: Problem, requestId: string | undefined): string
}

/** The only place that answers a refused request. It also logs which check failed. */
export function problems(log: Logger, { type, format }: Rendering = PROBLEM_JSON): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
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
      .type(type)
      .send(format(problem, response.locals.requestId))
  }
}

/** @returns the body of the answer, indented for people who read it. */
export function formatProblem({ status, detail, options }: Problem, requestId: string | undefined): string {
  const { kind = { title: STATUS_CODES[status] ?? 'Error' }, errors } = options
  const members: ProblemBody = {
    ...kind,
    status,
    detail,
    ...(errors && { errors }),
    ...(status >= 500 && requestId !== undefined && { requestId }),
  }
  return JSON.stringify(members, null, 2)
}

const PROBLEM_JSON: Rendering = { type: 'application/problem+json', format: formatProblem }

const OUR_FAULT = new Problem(
  500,
  'Something went wrong in this API. Try again later. The log contains the cause under this request id.',
)

/** @returns undefined for an unexpected error, which is a bug */
export function toProblem(error: unknown): Problem | undefined {
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

const UNREADABLE = 'The request is malformed. Correct it and send it again.'

/** Our words for the errors of Express and its body parser. */
const BY_CHECK: Record<string, string> = {
  path: 'The address has a % that does not begin the encoding of a UTF-8 character. Write % itself as %25.',
  body: 'The body does not match its Content-Encoding or its Content-Length. Correct them and send the request again.',
  'encoding.unsupported':
    'This Content-Encoding is not supported. Use one of those in the Accept-Encoding header, or none.',
  'entity.too.large': 'The body is larger than 100 kB. Send less.',
  'request.aborted': 'The connection was closed before the whole body arrived. Send the request again.',
  'request.size.invalid':
    'The length of the body differs from its Content-Length. Correct the header and send the request again.',
}

/** The same for conditional requests of static files (RFC 9110 §13.1, §14.2). */
const BY_STATUS: Record<number, string> = {
  412: 'The file does not meet the condition of the request. Read it again without the condition.',
  416: 'The file does not contain the requested range of bytes. Request it without Range.',
}
