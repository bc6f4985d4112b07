/** Refusals at Google's addresses, in the form of its APIs. The checks and their texts are the same as elsewhere. */
import type { Problem, Rendering } from '../../problem'

export const GOOGLE_ERRORS: Rendering = { type: 'application/json', format: formatGoogleError }

/** By the name of the failed check, and otherwise by status. Google's clients compare them. */
const REASON_OF_CHECK: Record<string, string> = {
  body: 'parseError',
  'bearer.repeated': 'badRequest',
  'bearer.second': 'badRequest',
  'bearer.malformed': 'badRequest',
  'freebusy.range': 'timeRangeTooLong',
  'freebusy.count': 'tooManyCalendarsRequested',
  'calendar.count': 'quotaExceeded',
  'calendar.primary': 'cannotDeletePrimaryCalendar',
}
const REASON_OF_STATUS: Record<number, string> = {
  400: 'invalid',
  401: 'authError',
  403: 'insufficientPermissions',
  404: 'notFound',
  405: 'httpMethodNotAllowed',
  409: 'duplicate',
  410: 'fullSyncRequired',
  412: 'conditionNotMet',
  413: 'uploadTooLarge',
  415: 'badContent',
  429: 'rateLimitExceeded',
}

/** The names of google.rpc.Code, for those statuses for which Google sends one. */
const RPC_STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}

export function formatGoogleError({ status, detail, options }: Problem, requestId: string | undefined): string {
  const place = options.errors?.[0]
  const reason = reasonOf(status, options.check, place)
  const message = status >= 500 && requestId !== undefined ? `${detail} (${requestId})` : detail
  const rpc = RPC_STATUS[status]
  const body = {
    error: {
      code: status,
      message,
      errors: [{ domain: domainOf(reason), reason, message, ...placeOf(place, status) }],
      ...(rpc !== undefined && { status: rpc }),
    },
  }
  return JSON.stringify(body, null, 2)
}

function reasonOf(status: number, check = '', place: object = {}): string {
  if (status === 410 && 'parameter' in place && place.parameter === 'updatedMin') return 'updatedMinTooLongAgo'
  return REASON_OF_CHECK[check] ?? REASON_OF_STATUS[status] ?? 'backendError'
}

function domainOf(reason: string): string {
  return ['fullSyncRequired', 'updatedMinTooLongAgo', 'quotaExceeded'].includes(reason) ? 'calendar' : 'global'
}

/** Where the error is: a parameter of the query, a header, or a member of the body, whose name is in the message. */
function placeOf(place: object | undefined, status: number) {
  if (place && 'parameter' in place) return { locationType: 'parameter' as const, location: String(place.parameter) }
  if (status === 401) return { locationType: 'header' as const, location: 'Authorization' }
  if (status === 412) return { locationType: 'header' as const, location: 'If-Match' }
  return {}
}
