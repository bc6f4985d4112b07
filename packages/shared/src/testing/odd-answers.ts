/** How an odd request is sent, byte by byte, and what holds for its answer. */
import { Agent, maxHeaderSize, request } from 'node:http'
import type { OddRequest } from './odd-requests'

export interface OddAnswer {
  status: number
  /** Keyed by lower-case name; repeated headers are joined. */
  headers: Record<string, string>
  body: string
  /** Whether the app answered. Otherwise Node refused the request, or its Host was not the service's. */
  fromApp: boolean
  /** Milliseconds until the response was complete. */
  took: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })
/** Far longer than any request takes, even on a busy machine, so exceeding it means that the service hangs. */
const NO_ANSWER_AFTER_MS = 10_000

/**
 * Sends a request unchanged.
 * @returns the response, or undefined if the connection was closed without one
 * @throws Error if there is no response within ten seconds
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

/** What Node reads at once. */
const ONE_READ_BYTES = 64 * 1024

/**
 * Whether Node's parser refuses the request before all of it was sent. Node answers, and closes the connection with the
 * rest unread; the system then resets it, and a client that is still sending may get to know only that (Node 24 and 26
 * usually do). The parser refuses an address with a byte that is not printable ASCII, and headers of more than 16 kB, the
 * address included.
 */
function mayBeCutOff({ path, headers, body }: OddRequest): boolean {
  if ('X-Too-Long' in headers) return true
  const inHeaders = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length, 0)
  const isRefused = /[^\x21-\x7e]/.test(path) || path.length + inHeaders > maxHeaderSize - ROOM_FOR_OTHER_HEADERS
  return isRefused && body.length > ONE_READ_BYTES
}

/** In bytes: `Host`, `Connection` and the body's length or encoding, which the sender adds. */
const ROOM_FOR_OTHER_HEADERS = 500

/** How a request is refused before an app is asked: bad syntax, no path, an unknown Expect, a foreign Host, too long a header. */
const NODES_OWN = [400, 408, 413, 417, 421, 431]

/**
 * Checks what must hold for every response of every service, whatever was sent.
 * @param secrets texts that the response must not contain
 * @throws Error that says what is wrong with the response
 */
export function checkOddAnswer(answer: OddAnswer | undefined, sent: OddRequest, secrets: string[] = []): void {
  const fail = (why: string): never => {
    throw new Error(`${why}: ${answer?.status} ${JSON.stringify(answer?.headers)} ${answer?.body.slice(0, 1_000)}`)
  }
  if (!answer) {
    if (!mayBeCutOff(sent)) fail('the connection was closed without an answer')
    return
  }
  const { status, body } = answer
  const problem = answer.headers['content-type']?.startsWith('application/problem+json')
  const nodesOwn = NODES_OWN.includes(status) && (body === '' || problem)
  if (!answer.fromApp && !nodesOwn && !(status === 204 && sent.path === '*'))
    fail('neither the app nor Node answers like this')
  if (status >= 500) fail('a server error')
  if (answer.took > NO_ANSWER_AFTER_MS) fail('too slow')
  if (/\n\s+at |node_modules|\.(ts|js|ejs):\d+|SqliteError|syntax error/.test(body)) fail('a stack trace')
  if (body.includes(process.cwd())) fail('a file path of this machine')
  if (secrets.some(secret => body.includes(secret))) fail('a secret')
  if ('set-cookie' in answer.headers && /(^|, )a=b/.test(answer.headers['set-cookie'] ?? ''))
    fail('a response header that the sender chose')
}
