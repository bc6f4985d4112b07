/** What operations have in common: the scopes they need, how they are refused, and their bodies. */
import type { Content } from '@glasshouse/shared/openapi'

/** The name of the security scheme. */
export const OAUTH = 'glasshouse'

export const READ = [{ [OAUTH]: ['calendar.read'] }]
export const WRITE = [{ [OAUTH]: ['calendar.write'] }]

/** A request with a token can get each of these. */
export const REFUSED = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
}
export const BODY_REFUSED = { 413: 'ContentTooLarge', 415: 'UnsupportedMediaType' }

export const sent = (schema: string, ...examples: [string, unknown][]): Content => ({
  schema,
  examples: Object.fromEntries(examples.map(([summary, value], at) => [`example${at + 1}`, { summary, value }])),
})
export const json = (schema: string, ...examples: [string, unknown][]) => ({
  'application/json': sent(schema, ...examples),
})
