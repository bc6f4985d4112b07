/** Structured log lines (pino): one JSON object per line, on standard output. They never contain a secret. */
import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import pino, { type Logger } from 'pino'
import { withoutSecretPath } from './secret-path'

export type { Logger }

const STANDARD_OUTPUT = 1

/** Lines that cannot be written wait in memory up to this size; more are dropped. */
const MOST_UNWRITTEN_BYTES = 1024 * 1024

/**
 * @param level pino's: `silent`, `error`, `warn`, `info`, `debug`
 * @param file a file descriptor
 */
export function createLog(service: string, level: string, file = STANDARD_OUTPUT): Logger {
  const destination = pino.destination({ dest: file, sync: true, maxLength: MOST_UNWRITTEN_BYTES })
  // A log that cannot be written (a full disk) must not stop the service: without this, it hangs or ends.
  destination.on('error', () => {})
  return pino(
    {
      name: service,
      level,
      base: { service },
      serializers: { error: pino.stdSerializers.err },
      // A second line of defence: nothing logs these, and if something did, the values would be hidden.
      redact: [
        '*.password',
        '*.client_secret',
        '*.code',
        '*.code_verifier',
        '*.refresh_token',
        '*.access_token',
        '*.token',
      ],
    },
    destination,
  )
}

/** Gives every request an id, returns it as `X-Request-Id`, and logs each finished request at level `debug`. */
export function requestLog(log: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.locals.requestId = randomUUID()
    response.setHeader('X-Request-Id', response.locals.requestId)
    const { method } = request
    const path = withoutSecretPath(request.path)
    response.on('finish', () => {
      log.debug({ requestId: response.locals.requestId, method, path, status: response.statusCode })
    })
    next()
  }
}
