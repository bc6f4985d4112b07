/** How the endpoints for apps and APIs read a form, and answer with JSON or a JSON error (RFC 6749 §5.1, §5.2). */
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

/** Reads a body of this type as UTF-8, whatever its charset parameter says. Any other body: undefined. */
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

/** Reads a form as text, for `formParameters` to parse. RFC 6749 Appendix B: forms are UTF-8. */
export const form: RequestHandler = bodyText(FORM)

/**
 * RFC 6749 §3.2: parameters come in the body, as a form. `refuseRepeated` checks that none is repeated.
 * @throws OAuthError `invalid_request`
 */
export function formParameters(request: Request): Parameters {
  if (typeof request.body !== 'string') {
    throw new OAuthError('invalid_request', `the parameters are missing; send them in the body, as ${FORM}, in UTF-8`)
  }
  return readParameters(request.body)
}

/**
 * The `Authorization` header. If there are several, `headers` has only the first, but `rawHeaders` has them all.
 * @throws OAuthError `invalid_request` (RFC 6749 §5.2: multiple credentials)
 */
export function authorizationOf({ headers, rawHeaders }: Request): string | undefined {
  const names = rawHeaders.filter((_value, index) => index % 2 === 0)
  if (names.filter(name => name.toLowerCase() === 'authorization').length > 1) {
    throw new OAuthError('invalid_request', 'the request has more than one Authorization header; send one')
  }
  return headers.authorization
}

/** RFC 6749 §5.1: a response with a token or another secret must not be cached. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store').setHeader('Pragma', 'no-cache')
  next()
}

/** For a response that caches may store: JSON with an ETag, or 304 if it is unchanged (RFC 9110 §8.8.3, §15.4.5). */
export function cacheableJson(response: Response, maxAge: number, body: object): void {
  const etag = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  response.set({ 'Cache-Control': `public, max-age=${maxAge}`, ETag: `"${etag}"` }).json(body)
}

/** RFC 9110 §15.5.6. @param allow the methods that the endpoint accepts */
export function methodNotAllowed(allow: string) {
  return (): void => {
    throw new OAuthError('invalid_request', `this endpoint accepts only ${allow}`, 405, { Allow: allow })
  }
}

/** Answers every refused request to these endpoints: JSON with `error` and `error_description`, and a log line. */
export function jsonErrors(log: Logger): ErrorRequestHandler {
  // Express recognizes an error handler by its four parameters.
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
  'something went wrong on the server; its log has the details under this request id',
  500,
)

/** RFC 6749 §4.1.2.1 defines this code for the authorization endpoint only, but its meaning fits the others too. */
const WITHOUT_DATA = new OAuthError(
  'temporarily_unavailable',
  'the server cannot reach its data right now; try again in a few seconds',
  503,
  TRY_AGAIN,
)

/** For a request that the body parser or Express cannot read. */
function cannotRead({ status, headers }: ClientError): OAuthError {
  return status === 413
    ? new OAuthError('invalid_request', `the body is too large; send at most ${BODY_LIMIT / 1024} KiB`, 413)
    : new OAuthError('invalid_request', 'the request cannot be read', 400, headers)
}

/** RFC 6749 §5.2: error_description may contain only %x20-21, %x23-5B and %x5D-7E. */
export function asciiOnly(description: string): string {
  return description.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 300)
}
