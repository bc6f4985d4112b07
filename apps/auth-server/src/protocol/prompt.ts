/** `prompt`: what the client wants the user to be asked (OpenID Connect Core §3.1.2.1; many OAuth clients use it too). */
import { OAuthError } from './oauth-error'

export interface Prompt {
  /** Show no page: answer at once, with an error if necessary. */
  none: boolean
  /** Ask for the password even if the user is signed in. */
  login: boolean
  /** Ask for consent even if it was given before. */
  consent: boolean
}

/** @throws OAuthError `invalid_request` */
export function parsePrompt(text: string | undefined): Prompt {
  const values = text?.split(' ').filter(value => value !== '') ?? []
  const unknown = values.some(value => !['none', 'login', 'consent', 'select_account'].includes(value))
  if (unknown)
    throw new OAuthError(
      'invalid_request',
      'prompt has an unknown value; known values: none login consent select_account',
    )
  if (values.includes('none') && values.length > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with another value')
  }
  return {
    none: values.includes('none'),
    // Only one account can be signed in, so selecting another account means signing in again.
    login: values.includes('login') || values.includes('select_account'),
    consent: values.includes('consent'),
  }
}
