/** Express apps, and the two classes that let a server hand them its messages without a detour. */
import { IncomingMessage, ServerResponse } from 'node:http'
import express, { type Express } from 'express'

/**
 * Express gives each request and each response a new prototype (`Object.setPrototypeOf`). From then on V8 takes them for
 * objects that it has never seen, which costs more than everything else Express does. A server that makes its messages from
 * these classes gives Express what it would have made of them, so nothing is left to change.
 */
class ExpressRequest extends IncomingMessage {}
class ExpressResponse extends ServerResponse {}
Object.setPrototypeOf(ExpressRequest.prototype, express.request)
Object.setPrototypeOf(ExpressResponse.prototype, express.response)

/** For `createServer`. An app also works without them, only slower. */
export const messageClasses = { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse }

/**
 * @param settings Express's own (https://expressjs.com/en/5x/api.html#app.settings.table), because some must be set before
 *   anything is mounted
 * @returns an Express app that does not say in each response that it is one (`X-Powered-By`)
 */
export function expressApp(settings: Record<string, unknown> = {}): Express {
  const app = express()
  for (const [name, value] of Object.entries({ 'x-powered-by': false, ...settings })) app.set(name, value)
  app.request = ExpressRequest.prototype as Express['request']
  app.response = ExpressResponse.prototype as Express['response']
  // Express keeps this on the prototypes, which the apps of one process share here.
  app.use((request, response, next) => {
    request.app = app
    response.app = app
    next()
  })
  return app
}
