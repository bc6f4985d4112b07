/** What all endpoints for users' data have in common. */
import type { Response } from 'express'

/** A browser may store the answer, but must revalidate it with a token before it uses it again (RFC 9111 §5.2.2). */
export function forThisUserOnly(response: Response): Response {
  return response.set('Cache-Control', 'private, no-cache').vary('Authorization')
}

/** Sends JSON without `response.json`: Express would check If-None-Match again, and finds tags even in a malformed list. */
export function sendJson(response: Response, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body))
  forThisUserOnly(response).type('json').set('Content-Length', `${bytes.length}`).end(bytes)
}
