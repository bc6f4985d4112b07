/** A request whose body comes late, for tests of what happens at the same time: the session is read before the body. */
import { once } from 'node:events'
import { type IncomingMessage, type RequestListener, request } from 'node:http'

/** Told of each request to `path` that waits for its body. */
export class BodyWatch {
  private resolve = () => {}

  constructor(private readonly path: string) {}

  /** Put this around the app. */
  readonly wrap =
    (app: RequestListener): RequestListener =>
    (incoming, outgoing) => {
      if (incoming.url === this.path) incoming.once('resume', () => this.resolve())
      app(incoming, outgoing)
    }

  /** The next time that a request waits for its body. */
  next(): Promise<void> {
    return new Promise(resolve => {
      this.resolve = resolve
    })
  }
}

/** POSTs a body without its last byte. @returns what sends that byte and returns the answer, without its body */
export function postSlowly(url: string, headers: Record<string, string>, body: string): () => Promise<IncomingMessage> {
  const sent = request(url, { method: 'POST', headers: { ...headers, 'Content-Length': body.length } })
  const answered = once(sent, 'response')
  sent.write(body.slice(0, -1))
  return async () => {
    sent.end(body.slice(-1))
    const [answer] = (await answered) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
    return answer
  }
}
