/** How the endpoints for machines read a form and answer with JSON, refusals included (RFC 6749 §5.1, §5.2). */
import { createHash } from 'node:crypto'
import { bodyLimit } from '@glasshouse/shared/body-limit'
import { type ClientError, clientError } from '@glasshouse/shared/client-error'
import { breakOff } from '@glasshouse/shared/error-pages'
import type { Logger } from '@glasshouse/shared/log'
import { describeForLog, logRefusal } from '@glasshouse/shared/refusal-log'
import { storeUnavailable, TRY_AGAIN } from '@glasshouse/shared/store-unavailable'
import express, {
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, readParameters } from '../protocol/parameters'

const FORM = 'application/x-www-form-urlencoded'

/** In bytes. */
const BODY_LIMIT = 64 * 1024

const limit = bodyLimit(BODY_LIMIT)

/** Reads a body of this type as text: UTF-8, whatever it says of itself. One that is none, or of another type, is undefined. */
export function bodyText(type: string): RequestHandler {
  const bytes = express.raw({ type, limit: BODY_LIMIT })
  return (request, response, next) =>
    limit(request, response, () =>
      bytes(request, response, error => {
        request.body = Buffer.isBuffer(request.body) ? decode(request.body) : undefined
        next(error)
      }),
    )
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Reads a form; `formParameters` makes sense of it. RFC 6749 Appendix B: it is UTF-8. */
export const form: RequestHandler = bodyText(FORM)

/**
 * RFC 6749 §3.2: parameters come in the body, as a form. Whether each is there once is for `refuseRepeated`.
 * @throws OAuthError `invalid_request`
 */
export function formParameters(request: Request): Parameters {
  if (typeof request.body !== 'string') {
    throw new OAuthError('invalid_request', `send the parameters in the body, as ${FORM}, in UTF-8`)
  }
  return readParameters(request.body)
}

/**
 * The `Authorization` header. Node keeps the first of several and drops the others; the raw list has them all.
 * @throws OAuthError `invalid_request` (RFC 6749 §5.2: multiple credentials)
 */
export function authorizationOf({ headers, rawHeaders }: Request): string | undefined {
  const names = rawHeaders.filter((_value, index) => index % 2 === 0)
  if (names.filter(name => name.toLowerCase() === 'authorization').length > 1) {
    throw new OAuthError('invalid_request', 'there is more than one Authorization header')
  }
  return headers.authorization
}

/** RFC 6749 §5.1: an answer with a token or another secret MUST NOT be cached. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store').set('Pragma', 'no-cache')
  next()
}

/** For an answer that caches may keep: JSON with an ETag, or 304 to a cache that has the same (RFC 9110 §8.8.3, §15.4.5). */
export function cacheableJson(response: Response, maxAge: number, body: object): void {
  const etag = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  response.set({ 'Cache-Control': `public, max-age=${maxAge}`, ETag: `"${etag}"` }).json(body)
}

/** RFC 9110 §15.5.6. @param allow the methods there are */
export function methodNotAllowed(allow: string) {
  return (): void => {
    throw new OAuthError('invalid_request', `this endpoint answers to ${allow} only`, 405, { Allow: allow })
  }
}

/** The one place where a machine's request is refused: JSON with `error` and `error_description`, and a log line. */
export function jsonErrors(log: Logger): ErrorRequestHandler {
  // Express knows a handler of errors by its four parameters.
  return (error, _request, response, _next) => {
    if (response.headersSent) return breakOff(log, response, error)
    const unavailable = storeUnavailable(error)
    const parsers = error instanceof OAuthError ? undefined : clientError(error)
    const refusal = error instanceof OAuthError ? error : unavailable ? WITHOUT_DATA : parsers && cannotRead(parsers)
    const { code, description, status, headers, why } = refusal ?? OUR_FAULT
    const { requestId } = response.locals
    if (refusal)
      logRefusal(log, response, code, unavailable?.message ?? why, { status, ...(parsers && { check: parsers.check }) })
    else log.error({ ...describeForLog(response), error }, 'unexpected error')
    response
      .status(status)
      .set(headers)
      .json({
        error: code,
        error_description: asciiOnly(description),
        ...(status >= 500 ? { request_id: requestId } : {}),
      })
  }
}

const OUR_FAULT = new OAuthError(
  'server_error',
  'something went wrong on our side; the log has it under this request id',
  500,
)

/** RFC 6749 §4.1.2.1 has this code for the authorization endpoint; its meaning is right here too. */
const WITHOUT_DATA = new OAuthError(
  'temporarily_unavailable',
  'the server cannot reach its data right now; try again in a few seconds',
  503,
  TRY_AGAIN,
)

/** What the body parser, or Express, could not make sense of. */
function cannotRead({ status, headers }: ClientError): OAuthError {
  return status === 413
    ? new OAuthError('invalid_request', 'the body is too large', 413)
    : new OAuthError('invalid_request', 'the request cannot be read', 400, headers)
}

/** RFC 6749 §5.2: error_description holds %x20-21, %x23-5B and %x5D-7E only. */
export function asciiOnly(description: string): string {
  return description.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 300)
}
