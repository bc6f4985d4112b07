/** The one log line for a request that was refused: which check did it, and never what was sent, which may be a secret. */
import type { Logger } from '@glasshouse/shared/log'
import type { Response } from 'express'

/**
 * @param refused in a word that can be searched for: an error code of the protocol, or the name of the form
 * @param why the check, in a sentence of our own
 * @param more what helps to find the cause, e.g. the client's id
 */
export function logRefusal(
  log: Logger,
  response: Response,
  refused: string,
  why: string,
  more: Record<string, string> = {},
): void {
  const { method, originalUrl } = response.req
  const path = originalUrl.split('?', 1)[0]?.slice(0, 200)
  log.warn({ requestId: response.locals.requestId, method, path, refused, why, ...more }, 'refused')
}
