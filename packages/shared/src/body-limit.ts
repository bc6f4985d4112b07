/** Limits the size of a body by its headers, so that an oversized body is neither sent nor read. */
import type { RequestHandler } from 'express'

/**
 * Mount it before a body parser with the same limit, which checks what really arrives.
 * @throws an error like the parser's own, with `status` 413 (RFC 9110 §15.5.14)
 */
export function bodyLimit(bytes: number): RequestHandler {
  return (request, response, next) => {
    if (Number(request.headers['content-length']) > bytes) {
      throw Object.assign(new Error('request entity too large'), { status: 413, type: 'entity.too.large' })
    }
    // RFC 9110 §10.1.1: a client that waits for permission to send the body gets it here, once all other checks have passed.
    // HTTP/1.0 has no Expect header, so there it MUST be ignored.
    if (request.headers.expect && request.httpVersion === '1.1') response.writeContinue()
    next()
  }
}
