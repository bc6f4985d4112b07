/** W3C Trace Context, https://www.w3.org/TR/trace-context/: `00-<trace id>-<span id>-<flags>`. It ties the two ends of a call. */
import { randomBytes } from 'node:crypto'
import { DuringResponse } from '../during-response'

export interface Trace {
  traceId: string
  spanId: string
}

/** The exchange that the running code belongs to. */
export interface CurrentExchange extends Trace {
  browser: string | undefined
  refusal?: { refused: string; why: string }
  /** The calls that it has caused so far. */
  calls?: { id: string; method: string; url: string; status: number | undefined }[]
  /** The browser has slow motion on (`slow-motion.ts`). */
  slow?: { codeEndsAt?: number }
  /** What the service decided, where slow motion answered something else. */
  decided?: { status: number; location: string }
}

export const exchanges = new DuringResponse<CurrentExchange>()

export function newTraceId(): string {
  return randomBytes(16).toString('hex')
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex')
}

export function formatTraceparent({ traceId, spanId }: Trace): string {
  return `00-${traceId}-${spanId}-01`
}

/** §3.2.2: an all-zero id is invalid, and so is version ff. */
export function readTraceparent(header: unknown): Trace | undefined {
  const [, version, traceId, spanId] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(?:$|-)/.exec(String(header)) ?? []
  if (!traceId || !spanId || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId }
}
