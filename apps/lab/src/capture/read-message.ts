/** Reads targets, headers and bodies of reported messages. Nothing here throws: others wrote what is read. */
import type { ReportedExchange, ReportedMessage } from '@glasshouse/shared/lab/exchange'
import { SLOW_HEADER } from '@glasshouse/shared/lab/slow-cookie'
import { readJwt } from './jwt'

/** A program sends an absolute target only to a proxy, but it may send one here. */
export function pathOf(target: string): string {
  return target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] || '/'
}

export function queryOf(target: string): Record<string, string> {
  const at = target.indexOf('?')
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(target.slice(at + 1)))
}

export function headerOf({ headers }: Pick<ReportedMessage, 'headers'>, name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1]
}

/**
 * In slow motion, an answer that has arrived at the client's door and waits there. The client has not seen it: the browser
 * brings it once more when the user goes on.
 */
export function isHeldArrival({ response }: ReportedExchange): boolean {
  return response !== undefined && headerOf(response, SLOW_HEADER.toLowerCase()) === 'arrival'
}

/** A form's fields, or the members of a JSON object. */
export function parseBody(message: ReportedMessage): Record<string, unknown> {
  const { body } = message
  if (body === undefined) return {}
  if (!/json/i.test(headerOf(message, 'content-type') ?? '')) return Object.fromEntries(new URLSearchParams(body))
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

/**
 * The client that a request names: in its parameters, by Basic authentication, in its token, or, for a registration, in the
 * answer.
 */
export function clientIdOf({ request, response }: ReportedExchange): string | undefined {
  const authorization = headerOf(request, 'authorization') ?? ''
  const [, basic] = /^basic\s+([^:]*):/i.exec(authorization) ?? []
  const [, bearer = ''] = /^bearer\s+(\S+)$/i.exec(authorization) ?? []
  const [, registered] = /^\/register\/([^/]+)$/.exec(pathOf(request.target)) ?? []
  const isRegistration = pathOf(request.target) === '/register' && response !== undefined
  const named =
    queryOf(request.target).client_id ??
    parseBody(request).client_id ??
    (basic && decode(basic)) ??
    readJwt(bearer)?.claims.client_id ??
    registered ??
    (isRegistration ? parseBody(response).client_id : undefined)
  return typeof named === 'string' && /^[\x21-\x7e]{1,200}$/.test(named) ? named : undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
