/** How large a body may be, by what its headers say of it: nobody has to send it, or read it, to find out. */
import type { RequestHandler } from 'express'

/**
 * Mount it before a body parser that has the same limit, which looks at what really comes.
 * @throws an error like the parser's own, with `status` 413 (RFC 9110 §15.5.14)
 */
export function bodyLimit(bytes: number): RequestHandler {
  return (request, response, next) => {
    if (Number(request.headers['content-length']) > bytes) {
      throw Object.assign(new Error('request entity too large'), { status: 413, type: 'entity.too.large' })
    }
    // RFC 9110 §10.1.1: who waits for a word before sending the body gets it here, when nothing else is in the way. In
    // HTTP/1.0 it MUST be ignored.
    if (request.headers.expect && request.httpVersion === '1.1') response.writeContinue()
    next()
  }
}
