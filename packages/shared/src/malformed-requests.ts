/**
 * Requests that are refused as HTTP messages, before anybody asks what they are about (RFC 9112): those that Node's parser
 * refuses, that do not come in time, or that have no path or no sensible Host. Each is answered with a problem (RFC 9457),
 * and leaves a line in the log like any other refused request; what was sent is in neither.
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
const TOO_LONG = { status: 431, check: 'http.header', detail: 'The address and the headers are larger than 16 kB.' }
const NO_HTTP = { status: 400, check: 'http.syntax', detail: 'This is no HTTP request.' }
const NO_SUCH_EXPECTATION = { status: 417, check: 'http.expect', detail: 'Only 100-continue can be expected here.' }
const TWO_HOSTS = { status: 400, check: 'http.host', detail: 'There is more than one Host header.' }
const NO_HOST = { status: 400, check: 'http.host', detail: 'The Host header is not a host and a port.' }
const NO_PATH = { status: 400, check: 'http.target', detail: 'What is asked for is neither a path nor a URL.' }
const NO_TUNNEL = { status: 405, check: 'http.connect', detail: 'There are no tunnels through here.' }

const BY_CODE: Record<string, Refusal> = { ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW, HPE_HEADER_OVERFLOW: TOO_LONG }

/** What no app gets to see. */
export function refuseMalformed(server: Server, log: Logger): void {
  const refuse = (socket: Duplex, refusal: Refusal, code?: string) => {
    // It was answered already, or nothing was ever asked: an idle connection is no request.
    if (!socket.writable || isSilent(socket)) return void socket.destroy()
    note(log, refusal, code)
    const underWay = answerUnderWay(socket)
    // An app that waits for the rest of the body will say that it broke off.
    if (underWay) markNoted(underWay)
    if (underWay?.headersSent) socket.destroy()
    // Whoever does not hang up then is not waited for.
    else socket.end(inFull(refusal), () => socket.destroy())
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Who hangs up was not refused.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') socket.destroy()
    else refuse(socket, BY_CODE[error.code ?? ''] ?? NO_HTTP, error.code)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    // Node has let go of this socket: its errors are ours to see to.
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

/** Puts the check before an app. Answers `OPTIONS *`, which asks about no path (RFC 9110 §9.3.7). */
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
  // RFC 9112 §3.2: a server MUST respond with a 400 to no Host, more than one, or one that is none.
  if (hosts.length > 1) return TWO_HOSTS
  if ((hosts.length === 0 && httpVersion === '1.1') || !HOST.test(hosts[0] ?? '')) return NO_HOST
  // §3.2.1, §3.2.2, §3.2.4: a path, an address with one, or the server as a whole.
  const isTarget = url.startsWith('/') || (/^https?:/i.test(url) && URL.canParse(url))
  return isTarget || (url === '*' && method === 'OPTIONS') ? undefined : NO_PATH
}

function note(log: Logger, { status, check, detail }: Refusal, code?: string): void {
  log.warn({ status, refused: check, why: detail, ...(code && { code }) }, 'refused')
}

function answer(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, headersOf(refusal)).end(bodyOf(refusal))
}

/** Where there is no request to respond to. */
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

/** A browser that connects in advance, say, or something that looks whether the port is open. */
function isSilent(socket: Duplex & { bytesRead?: number }): boolean {
  return socket.bytesRead === 0
}

/** Node keeps it here. A second answer in the middle of the first would be read as a part of it. */
function answerUnderWay(socket: Duplex & { _httpMessage?: ServerResponse | null }): ServerResponse | undefined {
  return socket._httpMessage ?? undefined
}
