/** What a person reads when the answer of the authorization server was a no. */
import { PageError } from '@glasshouse/shared/page-error'
import type { Response } from 'express'
import { TokenRefused } from './token-request'

export const CONNECT_AGAIN = { href: '/connect', label: 'Connect again' }
export const HOME = { href: '/', label: 'Back to Tripmate' }

/** RFC 6749 §4.1.2.1, in words that help somebody who is planning a trip. */
const IN_PLAIN_WORDS: Record<string, string> = {
  invalid_request: 'Glasshouse Accounts could not make sense of what we asked.',
  unauthorized_client: 'Tripmate is not allowed to ask for this.',
  unsupported_response_type: 'Glasshouse Accounts does not offer the kind of answer we asked for.',
  invalid_scope: 'Glasshouse Accounts does not know the permissions we asked for.',
  server_error: 'Something went wrong at Glasshouse Accounts.',
  temporarily_unavailable: 'Glasshouse Accounts is too busy just now.',
}

/** RFC 6749 §4.1.2.1: these two are about the server's own state, and pass. */
const PASSES = ['server_error', 'temporarily_unavailable']

/** Shows the page for an authorization response with `error`. @throws PageError for anything but a person's own no */
export function refusedAuthorization(response: Response, error: string, description: string | undefined): void {
  if (error === 'access_denied') {
    response.render('denied')
    return
  }
  const words = IN_PLAIN_WORDS[error] ?? 'Glasshouse Accounts sent you back without a permission.'
  throw new PageError(
    PASSES.includes(error) ? 503 : 400,
    'Your calendar was not connected',
    `${words} ${quote(error, description)}`,
    [CONNECT_AGAIN, HOME],
  )
}

/** For `.catch()`: the page for a code that was refused (RFC 6749 §5.2). @throws PageError, or the error it was given */
export function refusedCode(error: unknown): never {
  if (!(error instanceof TokenRefused)) throw error
  const words =
    error.code === 'invalid_grant'
      ? 'The permission you gave was not accepted any more: it is good for one minute, and once.'
      : 'Glasshouse Accounts did not accept our request for access.'
  throw new PageError(
    502,
    'Your calendar was not connected',
    `${words} ${quote(error.code, error.description)} Nothing was kept.`,
    [CONNECT_AGAIN, HOME],
  )
}

const LONGEST_QUOTE = 200

function quote(error: string, description: string | undefined): string {
  const said = description ? `${error}: ${description}` : error
  return `It said “${said.slice(0, LONGEST_QUOTE)}”.`
}
