/**
 * How Tripmate calls other services: axios, with a time limit for every call. It follows no redirects, because a
 * redirected token request would send the secret elsewhere. It returns every status, because only the caller knows what
 * it means.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { reportCall } from '@glasshouse/shared/lab-report'
import axios, { isAxiosError } from 'axios'

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

/** The settings of Node's own agents. */
const AGENT = { keepAlive: true, timeout: 5_000 }

/** @param timeoutMs from the first byte sent to the last one received */
export function createHttpClient(timeoutMs: number): HttpClient {
  const http = axios.create({
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    validateStatus: () => true,
    responseType: 'text',
    transformResponse: body => body,
    // The two services are named by the operator; a proxy in between would read the tokens. axios would take it from the
    // environment, and so would Node's own agents with NODE_USE_ENV_PROXY=1.
    proxy: false,
    httpAgent: new HttpAgent(AGENT),
    httpsAgent: new HttpsAgent(AGENT),
  })
  return async request => {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await reportCall(request, async sent => {
        const { method, url, body } = request
        const { status, headers, data } = await http.request<string>({ method, url, headers: sent, data: body, signal })
        return { status, headers: flatten(headers), body: data ?? '' }
      })
    } catch (error) {
      // axios's error contains the request with its headers, so it is not passed on to logs or pages.
      if (!isAxiosError(error)) throw error
      throw new NoAnswer(signal.aborted || error.code === 'ETIMEDOUT' ? 'slow' : 'down')
    }
  }
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
