/** Answers that several endpoints share: refusals as JSON (RFC 6749 §5.2), and pages for people. */
import type { Content, Header, Response } from '@glasshouse/shared/openapi'
import { z } from 'zod'

export function content(type: string, schema: string, ...examples: [string, unknown][]): Record<string, Content> {
  const named = examples.map(([summary, value], at) => [`example${at + 1}`, { summary, value }] as const)
  return { [type]: { schema, examples: Object.fromEntries(named) } }
}

export const json = (schema: string, ...examples: [string, unknown][]) =>
  content('application/json', schema, ...examples)

const text = z.string()

const challenge: Header = {
  description: 'The scheme to authenticate with (RFC 6749 §5.2, RFC 6750 §3).',
  required: true,
  schema: text.meta({ pattern: '^(Basic|Bearer) realm="' }),
}

export const retryAfter: Header = {
  description: 'After how many seconds to try again (RFC 9110 §10.2.3).',
  required: true,
  schema: text.meta({ pattern: '^[0-9]+$', examples: ['5'] }),
}

export const entityTag: Header = {
  description: 'For `If-None-Match` (RFC 9110 §13.1.2).',
  required: true,
  schema: text.meta({ pattern: '^"' }),
}

export const location: Header = {
  description: 'Where the browser goes next: to the sign-in or the consent page, or back to the client.',
  required: true,
  schema: text,
}

function refusal(
  description: string,
  headers: Response['headers'],
  error: string,
  error_description: string,
): Response {
  const isOurs = error === 'server_error' || headers?.['Retry-After'] === retryAfter
  const example = { error, error_description, ...(isOurs && { request_id: '6f1c0d5e' }) }
  return { description, ...(headers && { headers }), content: json('OAuthError', [error, example]) }
}

const page = (description: string, headers?: Response['headers']): Response => ({
  description,
  ...(headers && { headers }),
  content: content('text/html', 'Page', ['A page', '<!doctype html><title>Glasshouse Accounts</title>']),
})

export const RESPONSES: Record<string, Response> = {
  BadRequest: refusal(
    'The request is refused. `error` says why.',
    {
      'Accept-Encoding': {
        description: 'The content codings that are supported, if that of the request is not.',
        required: false,
        schema: text,
      },
    },
    'invalid_grant',
    'the authorization code has expired; start again with an authorization request',
  ),
  Unauthorized: refusal(
    'The client or its token is not who it says it is.',
    { 'WWW-Authenticate': challenge },
    'invalid_client',
    'the client is unknown or its secret is wrong',
  ),
  Forbidden: refusal('This is not allowed here.', undefined, 'access_denied', 'registration is closed'),
  ContentTooLarge: refusal(
    'The body is too large.',
    undefined,
    'invalid_request',
    'the body is too large; send at most 64 KiB',
  ),
  TooManyRequests: refusal(
    'Too many registrations, or too many wrong secrets.',
    { 'Retry-After': { ...retryAfter } },
    'temporarily_unavailable',
    'too many registrations from this address; try again later',
  ),
  InternalServerError: refusal(
    'A fault of this server.',
    undefined,
    'server_error',
    'something went wrong on the server; its log has the details under this request id',
  ),
  ServiceUnavailable: refusal(
    'The server cannot reach its data.',
    { 'Retry-After': retryAfter },
    'temporarily_unavailable',
    'the server cannot reach its data right now; try again in a few seconds',
  ),
  RefusedOnPage: page('A page that tells the user what is wrong, where the redirect URI cannot be trusted.'),
  TooLargeOnPage: page('The same if the body is too large.'),
  ConflictOnPage: page('The same if the request was already answered.'),
  FaultOnPage: page('The same for a fault of this server.'),
  UnavailableOnPage: page('The same if the server cannot reach its data.', { 'Retry-After': retryAfter }),
}
