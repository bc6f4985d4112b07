/** A real HTTP server on a free port, for tests that need its address before they can create the app. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageClasses } from '../express-app'

export interface TestServer {
  url: string
  /** Sets the app. Until then every request is answered with 503. */
  answerWith(handler: RequestListener): void
  stop(): Promise<void>
}

/** Listens on a free loopback port. `url` is known immediately, so that an issuer or a redirect URI can contain it. */
export async function startTestServer(): Promise<TestServer> {
  let handler: RequestListener = (_request, response) => {
    response.writeHead(503).end()
  }
  const server = createServer(messageClasses, (request, response) => handler(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerWith(next) {
      handler = next
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
