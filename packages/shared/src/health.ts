/** `GET /healthz`: whether this copy can answer requests, for a load balancer and for `npm start`. */
import type { RequestHandler } from 'express'
import type { Logger } from './log'
import { logRefusal } from './refusal-log'
import { storeUnavailable, TRY_AGAIN } from './store-unavailable'

/**
 * Answers 200, or 503 while the store cannot be reached.
 * @param readStore the cheapest query there is
 */
export function health(readStore: () => Promise<unknown>, log: Logger): RequestHandler {
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store')
    try {
      await readStore()
      response.json({ status: 'ok' })
    } catch (error) {
      const unavailable = storeUnavailable(error)
      if (!unavailable) throw error
      response.status(503).set(TRY_AGAIN).json({ status: 'unavailable' })
      logRefusal(log, response, 'health', unavailable.message)
    }
  }
}
