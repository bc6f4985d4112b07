/** Errors of Express and its parsers that the sender caused: the check that failed, and the headers that the answer needs. */

export interface ClientError {
  status: number
  /** The check, as one word for the log: the parser's own, e.g. `entity.too.large`, or one of ours. */
  check: string
  /** Response headers that belong to it. */
  headers: Record<string, string>
}

/** The content codings that the body parsers can decode. */
const CODINGS = 'gzip, deflate, br'

/** @returns undefined for any other error, which the sender did not cause */
export function clientError(error: unknown): ClientError | undefined {
  const status = clientErrorStatus(error)
  if (status === undefined) return undefined
  const check = checkOf(error, status)
  // RFC 9110 §15.5.16: the codings that would be accepted.
  return { status, check, headers: check === 'encoding.unsupported' ? { 'Accept-Encoding': CODINGS } : {} }
}

/** Express and its body parsers mark the sender's errors with a 4xx `status`. */
function clientErrorStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN
  return status >= 400 && status < 500 ? status : undefined
}

/** By status, for errors without a type: conditional requests for files (RFC 9110 §13.1, §14.2). */
const CHECKS: Record<number, string> = { 412: 'precondition', 416: 'range' }

function checkOf(error: unknown, status: number): string {
  // Only parser errors have a type. A URIError means that the router could not decode the address.
  if (error instanceof Error && 'type' in error && typeof error.type === 'string') return error.type
  if (error instanceof URIError) return 'path'
  return CHECKS[status] ?? 'body'
}
