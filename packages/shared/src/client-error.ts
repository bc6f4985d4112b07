/** What Express and its parsers say is the sender's fault: which check it was, and what the answer has to carry. */

export interface ClientError {
  status: number
  /** In a word for the log: the parser's own, e.g. `entity.too.large`, or one of ours. */
  check: string
  /** Response headers that belong to it. */
  headers: Record<string, string>
}

/** The content codings that the body parsers undo. */
const CODINGS = 'gzip, deflate, br'

/** @returns undefined for any other error, which is no fault of the sender's */
export function clientError(error: unknown): ClientError | undefined {
  const status = clientErrorStatus(error)
  if (status === undefined) return undefined
  const check = checkOf(error, status)
  // RFC 9110 §15.5.16: which codings would do.
  return { status, check, headers: check === 'encoding.unsupported' ? { 'Accept-Encoding': CODINGS } : {} }
}

/** Express and its body parsers mark what is the sender's fault with a 4xx `status`. */
function clientErrorStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN
  return status >= 400 && status < 500 ? status : undefined
}

/** By status, for what has no word of its own: the conditions of a file (RFC 9110 §13.1, §14.2). */
const CHECKS: Record<number, string> = { 412: 'precondition', 416: 'range' }

function checkOf(error: unknown, status: number): string {
  // Only a parser's error has a type. What the router cannot decode is an address.
  if (error instanceof Error && 'type' in error && typeof error.type === 'string') return error.type
  if (error instanceof URIError) return 'path'
  return CHECKS[status] ?? 'body'
}
