/** How an odd request is sent, byte by byte, and what holds for its answer. */
import { Agent, request } from 'node:http'
import type { OddRequest } from './odd-requests'

export interface OddAnswer {
  status: number
  /** Lower-case names; several of one name are joined. */
  headers: Record<string, string>
  body: string
  /** Whether the app answered what was asked. Otherwise it was refused before: by Node, or for a Host that is not ours. */
  fromApp: boolean
  /** Milliseconds until the answer was complete. */
  took: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })
/** Far more than any request takes, on a busy machine too: what fails here hangs. */
const NO_ANSWER_AFTER_MS = 10_000

/**
 * Sends a request as it is.
 * @returns the answer, or undefined when the connection was closed without one
 * @throws Error when there is no answer within ten seconds
 */
export function sendOdd(origin: string, { method, path, headers, body, chunked }: OddRequest) {
  const { hostname, port } = new URL(origin)
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1')
  const length =
    bytes.length > 0 ? (chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': bytes.length }) : {}
  const started = performance.now()
  return new Promise<OddAnswer | undefined>((resolve, reject) => {
    const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => {
        const fields = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')])
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(fields),
          body: Buffer.concat(chunks).toString(),
          fromApp: 'x-request-id' in response.headers && response.statusCode !== 421,
          took: performance.now() - started,
        })
      })
      response.on('error', reject)
    })
    sent.setTimeout(NO_ANSWER_AFTER_MS, () => sent.destroy(new Error(`no answer to ${method} ${path}`)))
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(undefined)
      else reject(error)
    })
    sent.end(bytes)
  })
}

/** How a request is refused before an app is asked: bad syntax, no path, an unknown Expect, a foreign Host, too long a header. */
const NODES_OWN = [400, 408, 413, 417, 421, 431]

/**
 * What holds for every answer of every service, whatever was sent.
 * @param secrets texts that must not come back
 * @throws Error that says what is wrong with the answer
 */
export function checkOddAnswer(answer: OddAnswer | undefined, sent: OddRequest, secrets: string[] = []): void {
  const fail = (why: string): never => {
    throw new Error(`${why}: ${answer?.status} ${JSON.stringify(answer?.headers)} ${answer?.body.slice(0, 1_000)}`)
  }
  if (!answer) {
    // Node hangs up behind a 431; when that comes before all was sent, the client only sees the end.
    if (!('X-Too-Long' in sent.headers)) fail('the connection was closed without an answer')
    return
  }
  const { status, body } = answer
  const problem = answer.headers['content-type']?.startsWith('application/problem+json')
  const nodesOwn = NODES_OWN.includes(status) && (body === '' || problem)
  if (!answer.fromApp && !nodesOwn && !(status === 204 && sent.path === '*')) fail('neither the app nor Node says this')
  if (status >= 500) fail('a server error')
  if (answer.took > NO_ANSWER_AFTER_MS) fail('too slow')
  if (/\n\s+at |node_modules|\.(ts|js|ejs):\d+|SqliteError|syntax error/.test(body)) fail('a stack trace')
  if (body.includes(process.cwd())) fail('a path of this machine')
  if (secrets.some(secret => body.includes(secret))) fail('a secret')
  if ('set-cookie' in answer.headers && /(^|, )a=b/.test(answer.headers['set-cookie'] ?? ''))
    fail('a header of the sender’s')
}
