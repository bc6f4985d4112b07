/** Reads a body of JSON: UTF-8, and nothing but (RFC 8259 §8.1). */
import { bodyLimit } from '@glasshouse/shared/body-limit'
import express, { type Request, type RequestHandler } from 'express'
import { Problem } from './problem'

/** In bytes. */
const LIMIT = 100 * 1024

/**
 * Leaves what was sent in `request.body`, as JSON.parse reads it.
 * @param types the media types that are taken; others are answered with 415, no body and bad JSON with 400
 */
export function jsonBody(...types: string[]): RequestHandler {
  const limit = bodyLimit(LIMIT)
  const readBytes = express.raw({ type: types, limit: LIMIT })
  return (request, response, next) =>
    limit(request, response, () =>
      readBytes(request, response, error => {
        if (error) return next(error)
        try {
          request.body = parse(request, types)
        } catch (problem) {
          return next(problem)
        }
        next()
      }),
    )
}

/** RFC 5789 §3.1: which media types a patch may come in. */
export function acceptPatch(types: string[]): Record<string, string> {
  return { 'Accept-Patch': types.join(', ') }
}

function parse(request: Request, types: string[]): unknown {
  const { headers, body } = request
  const wanted = types.join(' or ')
  if (!headers['transfer-encoding'] && !Number(headers['content-length'])) {
    throw new Problem(400, `There is no body. Send an event as ${wanted}.`, { check: 'body' })
  }
  if (!Buffer.isBuffer(body)) {
    // While the token was looked at, the sender may have gone: then nothing was read, whatever its type.
    if (request.readableAborted) throw new Problem(400, 'The body broke off.', { check: 'request.aborted' })
    // RFC 9110 §15.5.16: Accept says what would do. RFC 5789 §2.2: and so does Accept-Patch.
    const accept = { Accept: types.join(', '), ...(request.method === 'PATCH' && acceptPatch(types)) }
    throw new Problem(415, `The body has another Content-Type. Send ${wanted}.`, { headers: accept, check: 'type' })
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Problem(400, 'The body is not valid JSON in UTF-8.', { check: 'body' })
  }
}
