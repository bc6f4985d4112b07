/** The log line for a refused request. It names the check, and never quotes what was sent, which may be a secret. */
import type { ServerResponse } from 'node:http'
import type { Response } from 'express'
import { reportRefusal } from './lab-report'
import type { Logger } from './log'
import { withoutSecretPath } from './secret-path'

/** In characters. Senders can make addresses as long as they like. */
const LONGEST_PATH = 200

/** Responses that were refused and logged below the app. */
const noted = new WeakSet<ServerResponse>()

/** Marks a response that was refused and logged below the app, so that the app does not log a second refusal for it. */
export function markNoted(response: ServerResponse): void {
  noted.add(response)
}

/**
 * @param refused a word to search for: an error code of the protocol, or the name of the form
 * @param why the check that failed, in a sentence
 * @param more details that help to find the cause, e.g. the client's id; and `status`, unless the response has it already
 */
export function logRefusal(
  log: Logger,
  response: Response,
  refused: string,
  why: string,
  more: Record<string, string | number> = {},
): void {
  if (noted.has(response)) return
  reportRefusal(refused, why)
  // Until a response is refused, its status is 200.
  const status = response.statusCode >= 400 && { status: response.statusCode }
  log.warn({ ...describeForLog(response), ...status, refused, why, ...more }, 'refused')
}

/**
 * What a log may contain of a request: its id, its method, and its path without a secret in it. The query may contain a secret,
 * and so may the part before the path of an absolute-form target (RFC 9112 §3.2.2): `http://alice:password@host/path`.
 */
export function describeForLog({ req: { method, originalUrl }, locals }: Response) {
  const [target = ''] = originalUrl.split(/[?#]/, 1)
  const path = withoutSecretPath(target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')).slice(0, LONGEST_PATH) || '/'
  return { requestId: locals.requestId, method, path }
}
