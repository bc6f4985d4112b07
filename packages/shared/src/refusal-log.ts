/** The one log line for a request that was refused: which check did it, and never what was sent, which may be a secret. */
import type { ServerResponse } from 'node:http'
import type { Response } from 'express'
import type { Logger } from './log'

/** In characters: an address is as long as its sender likes. */
const LONGEST_PATH = 200

/** The answers that were given for an app, before it knew what was wrong. */
const noted = new WeakSet<ServerResponse>()

/** For whoever refuses below the app, and logs it: what the app makes of the rest of the request is no second refusal. */
export function markNoted(response: ServerResponse): void {
  noted.add(response)
}

/**
 * @param refused in a word that can be searched for: an error code of the protocol, or the name of the form
 * @param why the check, in a sentence of our own
 * @param more what helps to find the cause, e.g. the client's id; and `status`, unless the response has it already
 */
export function logRefusal(
  log: Logger,
  response: Response,
  refused: string,
  why: string,
  more: Record<string, string | number> = {},
): void {
  if (noted.has(response)) return
  // Before it is refused, every response is a 200.
  const status = response.statusCode >= 400 && { status: response.statusCode }
  log.warn({ ...describeForLog(response), ...status, refused, why, ...more }, 'refused')
}

/**
 * What a log may hold of any request: its id, its method, and where it went without the query, which may be a secret.
 * So may what stands before the path of an absolute-form target (RFC 9112 §3.2.2): `http://alice:password@host/path`.
 */
export function describeForLog({ req: { method, originalUrl }, locals }: Response) {
  const [target = ''] = originalUrl.split(/[?#]/, 1)
  const path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').slice(0, LONGEST_PATH) || '/'
  return { requestId: locals.requestId, method, path }
}
