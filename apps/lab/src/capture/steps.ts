/** Which of the seven steps a message belongs to, and which messages belong to none. */

import type { ReportedExchange, ReportingService } from '@glasshouse/shared/lab/exchange'
import type { StepNumber } from '@glasshouse/shared/see-through/steps'
import { headerOf, isHeldArrival, parseBody, pathOf, queryOf } from './read-message'

/** What an exchange is for. Everything but `protocol` and `page` is folded away at first. */
export type Kind = 'protocol' | 'page' | 'asset' | 'poll' | 'discovery'

export interface Steps {
  request: StepNumber | null
  response: StepNumber | null
}

export function kindOf(exchange: ReportedExchange, to: ReportingService): Kind {
  const { request } = exchange
  const path = pathOf(request.target)
  if (/^\/(?:assets\/|favicon)/.test(path)) return 'asset'
  if (path.startsWith('/demo/') || isHeldArrival(exchange)) return 'page'
  if (path === '/ended-tokens') return 'poll'
  if (path === '/jwks' || path.startsWith('/.well-known/') || request.method === 'OPTIONS') return 'discovery'
  if (to === 'calendar-api') return CALENDAR_PATHS.test(path) ? 'protocol' : 'page'
  if (to === 'auth-server') return PROTOCOL_PATHS.test(path) ? 'protocol' : 'page'
  return /^\/(?:connect|callback)$/.test(path) ? 'protocol' : 'page'
}

/** What wants an access token, for apps and for agents. */
const CALENDAR_PATHS = /^\/(?:calendar\/|mcp\/?$)/

const PROTOCOL_PATHS = /^\/(?:authorize|login|consent|token|revoke|introspect|register|account\/withdraw)(?:\/|$)/

export function stepsOf({ request, response }: ReportedExchange, to: ReportingService): Steps {
  return { request: stepOfRequest(request, to), response: response ? stepOfResponse(request, response, to) : null }
}

function stepOfRequest(request: ReportedExchange['request'], to: ReportingService): StepNumber | null {
  const path = pathOf(request.target)
  if (to === 'auth-server' && path === '/authorize') return 1
  if (to === 'auth-server' && (path === '/login' || path === '/consent')) return 2
  if (to === 'client-app' && path === '/callback') return 3
  if (to === 'auth-server' && path === '/token') return parseBody(request).grant_type === 'refresh_token' ? 7 : 4
  if (to === 'calendar-api' && CALENDAR_PATHS.test(path) && request.method !== 'OPTIONS') return 6
  return null
}

function stepOfResponse(
  request: ReportedExchange['request'],
  response: NonNullable<ReportedExchange['response']>,
  to: ReportingService,
): StepNumber | null {
  const path = pathOf(request.target)
  const location = headerOf(response, 'location')
  if (to === 'client-app' && location !== undefined && /[?&]response_type=/.test(location)) return 1
  if (to === 'auth-server' && location !== undefined && isAuthorizationResponse(location)) return 3
  if (to === 'auth-server' && path === '/token') return parseBody(request).grant_type === 'refresh_token' ? 7 : 5
  return stepOfRequest(request, to)
}

/** RFC 6749 §4.1.2, §4.1.2.1: a code or an error, at the client's redirect URI. */
function isAuthorizationResponse(location: string): boolean {
  const parameters = queryOf(location)
  return parameters.code !== undefined || parameters.error !== undefined
}
