/** Reads a JSON body, which must be UTF-8 (RFC 8259 §8.1). */
import { bodyLimit } from '@glasshouse/shared/body-limit'
import { NestedTooDeeply, parseJson } from '@glasshouse/shared/parse-json'
import express, { type Request, type RequestHandler } from 'express'
import { Problem } from './problem'

/** The merge patch of RFC 7396, also with the media type that most clients send. */
export const PATCH_TYPES = ['application/merge-patch+json', 'application/json']

/** In bytes. */
const LIMIT = 100 * 1024

/**
 * Puts the parsed body into `request.body`.
 * @param types the accepted media types; 415 for others, 400 for a missing body or invalid JSON
 */
export function jsonBody(...types: string[]): RequestHandler {
  return readBody({ types, limit: LIMIT }, readJson)
}

export interface Body {
  /** The accepted media types. */
  types: string[]
  /** In bytes. */
  limit: number
}

/** @param read what it returns becomes `request.body` */
export function readBody({ types, limit }: Body, read: (bytes: Buffer) => unknown): RequestHandler {
  const checkLimit = bodyLimit(limit)
  const readBytes = express.raw({ type: types, limit })
  return (request, response, next) =>
    checkLimit(request, response, () =>
      readBytes(request, response, error => {
        if (error) return next(error)
        try {
          request.body = read(bytesOf(request, types))
        } catch (problem) {
          return next(problem)
        }
        next()
      }),
    )
}

/** RFC 5789 §3.1: the accepted media types of a patch. */
export function acceptPatch(types: string[]): Record<string, string> {
  return { 'Accept-Patch': types.join(', ') }
}

function bytesOf(request: Request, types: string[]): Buffer {
  const { headers, body } = request
  const wanted = types.join(' or ')
  if (!headers['transfer-encoding'] && !Number(headers['content-length'])) {
    throw new Problem(400, `The request has no body. Send one as ${wanted}.`, { check: 'body' })
  }
  if (!Buffer.isBuffer(body)) {
    // The client may disconnect while the token is checked. Then nothing was read, whatever the type.
    if (request.readableAborted)
      throw new Problem(400, 'The connection was closed before the whole body arrived. Send the request again.', {
        check: 'request.aborted',
      })
    // RFC 9110 §15.5.16, RFC 5789 §2.2: Accept and Accept-Patch name the types to use instead.
    const accept = { Accept: types.join(', '), ...(request.method === 'PATCH' && acceptPatch(types)) }
    throw new Problem(415, `This Content-Type is not supported. Send ${wanted}.`, { headers: accept, check: 'type' })
  }
  return body
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function readJson(bytes: Buffer): unknown {
  try {
    return parseJson(utf8.decode(bytes))
  } catch (error) {
    const what = error instanceof NestedTooDeeply ? error.message : 'not valid JSON, encoded as UTF-8'
    throw new Problem(400, `The body is ${what}. Correct it and send it again.`, { check: 'body' })
  }
}
