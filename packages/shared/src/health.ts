/** `GET /healthz`: whether this copy can answer requests, for a load balancer and for `npm start`. */
import type { RequestHandler } from 'express'
import type { Logger } from './log'
import { logRefusal } from './refusal-log'
import { storeUnavailable, TRY_AGAIN } from './store-unavailable'

/**
 * Answers 200, or 503 while the store cannot be reached.
 * @param readStore the cheapest query there is
 * @param warn resolves to something that the operator should know although the service works
 */
export function health(
  readStore: () => Promise<unknown>,
  log: Logger,
  warn: () => Promise<string | undefined> = async () => undefined,
): RequestHandler {
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store')
    try {
      await readStore()
      const warning = await warn()
      response.json({ status: 'ok', ...(warning && { warning }) })
    } catch (error) {
      const unavailable = storeUnavailable(error)
      if (!unavailable) throw error
      response.status(503).set(TRY_AGAIN).json({ status: 'unavailable' })
      logRefusal(log, response, 'health', unavailable.message)
    }
  }
}
