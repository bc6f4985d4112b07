/** Reads a report. It comes from our own services, but anything on this machine can send one. */
import type { ReportedExchange, ReportedMessage } from '@glasshouse/shared/lab/exchange'
import { withoutMarks } from './references'

const SERVICES = ['client-app', 'auth-server', 'calendar-api']

/** @returns the exchanges that are complete; others are left out */
export function readReport(value: unknown): ReportedExchange[] {
  const exchanges = (value as { exchanges?: unknown } | null)?.exchanges
  return Array.isArray(exchanges) ? exchanges.flatMap(one => readExchange(one) ?? []) : []
}

function readExchange(value: unknown): ReportedExchange | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const exchange = JSON.parse(withoutMarks(JSON.stringify(value))) as ReportedExchange
  const { service, end, id, traceId, startedAt, durationMs, request, response } = exchange
  const complete =
    SERVICES.includes(service) &&
    (end === 'client' || end === 'server') &&
    /^[\da-f]{16}$/.test(id) &&
    /^[\da-f]{32}$/.test(traceId) &&
    Number.isFinite(startedAt) &&
    Number.isFinite(durationMs) &&
    isMessage(request) &&
    typeof request.method === 'string' &&
    typeof request.target === 'string' &&
    (response === undefined || (isMessage(response) && Number.isInteger(response.status)))
  return complete ? exchange : undefined
}

function isMessage(message: ReportedMessage | undefined): boolean {
  return (
    Array.isArray(message?.headers) &&
    message.headers.every(header => Array.isArray(header) && header.every(text => typeof text === 'string')) &&
    (message.body === undefined || typeof message.body === 'string')
  )
}
