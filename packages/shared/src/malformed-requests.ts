/**
 * Refuses requests that are invalid as HTTP messages, before an app sees them (RFC 9112): those that Node's parser
 * refuses, that do not arrive in time, or that have no path or no valid Host. Each gets a problem document (RFC 9457)
 * and a log line like any other refused request; neither repeats what was sent.
 */
import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from './log'
import { markNoted } from './refusal-log'

interface Refusal {
  status: number
  /** Which check refused, for the log. */
  check: string
  detail: string
}

const TOO_SLOW = { status: 408, check: 'http.slow', detail: 'The request took too long to arrive. Send it again.' }
const TOO_LONG = {
  status: 431,
  check: 'http.header',
  detail: 'The URL and the headers are larger than 16 kB. Send fewer or shorter ones.',
}
const NO_HTTP = { status: 400, check: 'http.syntax', detail: 'This is not a valid HTTP request.' }
const NO_SUCH_EXPECTATION = { status: 417, check: 'http.expect', detail: 'The Expect header may only be 100-continue.' }
const TWO_HOSTS = {
  status: 400,
  check: 'http.host',
  detail: 'The request has more than one Host header. Send exactly one.',
}
const NO_HOST = {
  status: 400,
  check: 'http.host',
  detail: 'The Host header is missing or invalid. Send a host name with an optional port.',
}
const NO_PATH = { status: 400, check: 'http.target', detail: 'The request target is neither a path nor a URL.' }
const NO_TUNNEL = {
  status: 405,
  check: 'http.connect',
  detail: 'This server is not a proxy: CONNECT is not supported.',
}

const BY_CODE: Record<string, Refusal> = { ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW, HPE_HEADER_OVERFLOW: TOO_LONG }

/** Handles what Node never passes to an app. */
export function refuseMalformed(server: Server, log: Logger): void {
  const refuse = (socket: Duplex, refusal: Refusal, code?: string) => {
    // Already answered, or an idle connection that never sent a request.
    if (!socket.writable || isSilent(socket)) return void socket.destroy()
    note(log, refusal, code)
    const underWay = answerUnderWay(socket)
    // An app that waits for the rest of the body would log the same request again.
    if (underWay) markNoted(underWay)
    if (underWay?.headersSent) socket.destroy()
    // Do not wait for a client that keeps the connection open.
    else socket.end(inFull(refusal), () => socket.destroy())
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // The client closed the connection; nothing was refused.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') socket.destroy()
    else refuse(socket, BY_CODE[error.code ?? ''] ?? NO_HTTP, error.code)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    // Node no longer handles this socket, so its errors must be handled here.
    socket.on('error', () => socket.destroy())
    refuse(socket, NO_TUNNEL)
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    note(log, NO_SUCH_EXPECTATION)
    answer(response, NO_SUCH_EXPECTATION)
  })
}

/** RFC 9110 §7.2: `uri-host [ ":" port ]`, or nothing. */
const HOST = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=%]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/

/** Checks requests before they reach an app. Answers `OPTIONS *`, which has no path (RFC 9110 §9.3.7). */
export function refuseMalformedTargets(app: RequestListener, log: Logger): RequestListener {
  return (request, response) => {
    const refusal = whatIsWrong(request)
    if (refusal) {
      note(log, refusal)
      answer(response, refusal)
    } else if (request.url === '*') response.writeHead(204).end()
    else app(request, response)
  }
}

function whatIsWrong({ rawHeaders, httpVersion, method, url = '' }: IncomingMessage): Refusal | undefined {
  const hosts = rawHeaders.filter((_text, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host')
  // RFC 9112 §3.2: a server MUST respond with 400 if Host is missing, repeated or invalid.
  if (hosts.length > 1) return TWO_HOSTS
  if ((hosts.length === 0 && httpVersion === '1.1') || !HOST.test(hosts[0] ?? '')) return NO_HOST
  // §3.2.1, §3.2.2, §3.2.4: a path, an absolute URL, or the server as a whole.
  const isTarget = url.startsWith('/') || (/^https?:/i.test(url) && URL.canParse(url))
  return isTarget || (url === '*' && method === 'OPTIONS') ? undefined : NO_PATH
}

function note(log: Logger, { status, check, detail }: Refusal, code?: string): void {
  log.warn({ status, refused: check, why: detail, ...(code && { code }) }, 'refused')
}

function answer(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, headersOf(refusal)).end(bodyOf(refusal))
}

/** The whole response as text, for when Node provides no response object. */
function inFull(refusal: Refusal): string {
  const headers = Object.entries({ ...headersOf(refusal), Connection: 'close' })
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', bodyOf(refusal)].join('\r\n')
}

function bodyOf({ status, detail }: Refusal): string {
  return JSON.stringify({ title: STATUS_CODES[status], status, detail })
}

function headersOf(refusal: Refusal) {
  return {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(bodyOf(refusal)),
    // RFC 9110 §15.5.6
    ...(refusal.status === 405 && { Allow: 'GET, HEAD, POST' }),
  }
}

/** For example, a browser that connects in advance, or a check whether the port is open. */
function isSilent(socket: Duplex & { bytesRead?: number }): boolean {
  return socket.bytesRead === 0
}

/** Node stores the current response in `_httpMessage`. A second response inside it would be read as part of the first. */
function answerUnderWay(socket: Duplex & { _httpMessage?: ServerResponse | null }): ServerResponse | undefined {
  return socket._httpMessage ?? undefined
}
