/** What the services report to the Lab, and in which form. The Lab reads it with `readReport`. */

/** The services that report. */
export type ReportingService = 'client-app' | 'auth-server' | 'calendar-api'

export interface ReportedMessage {
  /** In the order in which they were sent; names in lower case. */
  headers: [name: string, value: string][]
  /** Left out for pages, files and everything else that is neither a form nor JSON nor problem+json. */
  body?: string
  /** Of the whole body, before anything was cut. */
  bodyBytes: number
  /** The body is longer than the report's limit and ends early. */
  cut?: true
}

/** One HTTP exchange, as one of its two ends saw it. */
export interface ReportedExchange {
  service: ReportingService
  /** Which end the service was. */
  end: 'client' | 'server'
  /** Names the exchange, the same at both ends: the span id of W3C Trace Context. 16 hexadecimal digits. */
  id: string
  /** Names everything that one request of a browser or program caused. 32 hexadecimal digits. */
  traceId: string
  /** The exchange during which this one was started. */
  causedBy?: string
  /** The value of the cookie `glasshouse.run`: the browser's, or the one that this answer sets. */
  browser?: string
  /** Milliseconds since the epoch, with a fraction: of two exchanges that one service began, the first has less. */
  startedAt: number
  durationMs: number
  /** Where it went: the origin as the client saw it, only at the client's end. */
  origin?: string
  request: ReportedMessage & { method: string; target: string }
  /** Missing if no response arrived or was sent. */
  response?: ReportedMessage & { status: number }
  /** The check that refused the request, as in the service's log. */
  refusal?: { refused: string; why: string }
}

export interface Report {
  exchanges: ReportedExchange[]
  /** How many exchanges were dropped since the last report because the queue was full. */
  dropped: number
}

/** In bytes. A longer body is cut, and says so. */
export const BODY_LIMIT_BYTES = 64 * 1024
