/** The texts for refusals by the authorization server. */
import type { Logger } from '@glasshouse/shared/log'
import { PageError } from '@glasshouse/shared/page-error'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Response } from 'express'
import { TokenRefused } from './token-request'

export const CONNECT_AGAIN = { href: '/connect', label: 'Connect again' }
export const HOME = { href: '/', label: 'Back to Tripmate' }

/** RFC 6749 §4.1.2.1, in words for a user who is planning a trip. */
const IN_PLAIN_WORDS = new Map([
  ['invalid_request', 'Glasshouse Accounts did not understand Tripmate’s request.'],
  ['unauthorized_client', 'Tripmate is not allowed to make this request.'],
  ['unsupported_response_type', 'Glasshouse Accounts does not support the type of response that Tripmate asked for.'],
  ['invalid_scope', 'Glasshouse Accounts does not offer the access that Tripmate asked for.'],
  ['server_error', 'Something went wrong at Glasshouse Accounts.'],
  ['temporarily_unavailable', 'Glasshouse Accounts is too busy right now.'],
])

/** Whether this is one of the codes of RFC 6749 §4.1.2.1. */
export function isAuthorizationError(error: string): boolean {
  return error === 'access_denied' || IN_PLAIN_WORDS.has(error)
}

/** RFC 6749 §5.2: the error codes of a token request. */
const OF_TOKEN_REQUEST = ['invalid_client', 'invalid_grant', 'unsupported_grant_type']

/**
 * Shows the page for an authorization response with `error`. It arrives through the browser, so anybody may
 * have written it: the status is 400, whatever it says.
 * @throws PageError for anything but the user's own denial
 */
export function refusedAuthorization(
  log: Logger,
  response: Response,
  error: string,
  description: string | undefined,
): void {
  if (error === 'access_denied') {
    logRefusal(log, response, error, 'the user denied the request at the authorization server')
    response.render('denied')
    return
  }
  const words = IN_PLAIN_WORDS.get(error) ?? 'Glasshouse Accounts did not give Tripmate access.'
  throw notConnected(400, `${words} ${quote(error, description)}`, error)
}

/** For `.catch()`: the page for a code that was refused (RFC 6749 §5.2). @throws PageError, or the error it was given */
export function refusedCode(error: unknown): never {
  if (!(error instanceof TokenRefused)) throw error
  // The code came from the browser; everything else in the request was ours.
  const [status, words] =
    error.code === 'invalid_grant'
      ? [
          400,
          'Glasshouse Accounts did not accept the code. A code works once, and only for a short time. Connect again to get a new one.',
        ]
      : [502, 'Glasshouse Accounts refused Tripmate’s request for an access token.']
  throw notConnected(status, `${words} ${quote(error.code, error.description)} Nothing was stored.`, error.code)
}

/** @param error logged only if the RFC defines it: otherwise it may be anything */
function notConnected(status: number, detail: string, error: string): PageError {
  const check = IN_PLAIN_WORDS.has(error) || OF_TOKEN_REQUEST.includes(error) ? error : 'an unknown error'
  return new PageError(status, 'Your calendar was not connected', detail, [CONNECT_AGAIN, HOME], { check })
}

const LONGEST_QUOTE = 200

function quote(error: string, description: string | undefined): string {
  const said = description ? `${error}: ${description}` : error
  return `It said “${said.slice(0, LONGEST_QUOTE)}”.`
}
