/**
 * How Tripmate calls other services: Node's own client, with a time limit for every call. It follows no redirects, because
 * a redirected token request would send the secret elsewhere. It returns every status, because only the caller knows what
 * it means.
 */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { reportCall } from '@glasshouse/shared/lab-report'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers: Record<string, string>
  body?: string
}

export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** There was no response: nothing listens there (`down`), or it took too long (`slow`). */
export class NoAnswer extends Error {
  constructor(readonly why: 'down' | 'slow') {
    super(why === 'slow' ? 'no answer in time' : 'no connection')
  }
}

export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>

const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/**
 * The settings of Node's own agents. Those would use a proxy with NODE_USE_ENV_PROXY=1, and a proxy would read the tokens:
 * the two services are named by the operator, so nothing stands in between.
 */
const AGENT = { keepAlive: true, timeout: 5_000 }

/** @param timeoutMs from the first byte sent to the last one received */
export function createHttpClient(timeoutMs: number): HttpClient {
  const agents = { http: new HttpAgent(AGENT), https: new HttpsAgent(AGENT) }

  function open({ method, url, headers }: HttpRequest): ClientRequest {
    const options = { method, headers: { 'User-Agent': 'Tripmate', ...headers } }
    return url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent: agents.https })
      : httpRequest(url, { ...options, agent: agents.http })
  }

  return request =>
    reportCall(request, async sent => {
      let timer: NodeJS.Timeout | undefined
      let isLate = false
      try {
        const opened = open({ ...request, headers: sent })
        // An AbortSignal.timeout() would be simpler, but each stays in memory until its time is over.
        timer = setTimeout(() => {
          isLate = true
          opened.destroy()
        }, timeoutMs)
        return await exchange(opened, request.body)
      } catch (error) {
        // The cause may contain the address with its parameters, so it is not passed on to logs or pages.
        throw new NoAnswer(isLate || isTimeout(error) ? 'slow' : 'down')
      } finally {
        clearTimeout(timer)
      }
    })
}

/** @throws Error if the connection fails or the answer is too long */
function exchange(request: ClientRequest, body: string | undefined): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', response => {
      readText(response).then(text => {
        resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), body: text })
      }, reject)
    })
    request.end(body)
  })
}

async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too long') // leaving the loop ends the connection
    pieces.push(piece)
  }
  return new TextDecoder().decode(Buffer.concat(pieces)) // without a byte order mark, unlike toString()
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT'
}

function flatten(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** The body of the response as a JSON object; undefined if it is not one. */
export function readJson(response: HttpResponse): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(response.body)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
