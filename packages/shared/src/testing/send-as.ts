/** Sends requests with a `Host` header or a target that a test chooses, which `fetch` does not allow. */
import { type IncomingHttpHeaders, request } from 'node:http'

export interface SentAs {
  method?: string
  /** The `Host` header. */
  host: string
  /** The request target in the first line: a path, or an absolute URL (RFC 9112 §3.2.2). */
  target?: string
  headers?: Record<string, string>
  body?: string
}

export interface Received {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** @param server where the request is really sent */
export function sendAs(server: { url: string }, { method = 'GET', host, target = '/', headers = {}, body }: SentAs) {
  const { hostname, port } = new URL(server.url)
  return new Promise<Received>((resolve, reject) => {
    const sent = request({ hostname, port, method, path: target, headers: { ...headers, Host: host } }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Another name of this machine with the server's port, such as `localhost:4000`. */
export function nameOf(server: { url: string }, hostname: string): string {
  return `${hostname}:${new URL(server.url).port}`
}

/** The headers that a browser sends when a user opens a URL. */
export const NAVIGATION = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
