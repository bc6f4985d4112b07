/** The texts for an authorization server that cannot be reached. */
import { PageError } from '@glasshouse/shared/page-error'
import { AuthServerUnavailable } from './server-metadata'

const WHY: Record<AuthServerUnavailable['why'], string> = {
  down: 'Tripmate cannot reach Glasshouse Accounts, where you sign in and allow access.',
  slow: 'Glasshouse Accounts, where you sign in and allow access, takes too long to answer.',
  broken: 'Glasshouse Accounts, where you sign in and allow access, sent an answer that Tripmate does not understand.',
}

/** @returns a sentence that says what is wrong with the server */
export function whyUnavailable(error: AuthServerUnavailable): string {
  return WHY[error.why]
}

/**
 * For `.catch()`: turns the error into a page.
 * @param next the target of "Try again"
 * @throws PageError 503, or any other error unchanged
 */
export function authServerUnavailable(next: { href: string; label: string }) {
  return (error: unknown): never => {
    if (!(error instanceof AuthServerUnavailable)) throw error
    throw new PageError(
      503,
      'Your calendar cannot be connected right now',
      `${WHY[error.why]} Your trips are safe here. Try again in a moment.`,
      [next, { href: '/', label: 'Back to Tripmate' }],
      { headers: { 'Retry-After': '30' } },
    )
  }
}
