/** `prompt`: how much a client wants the person to be asked (OpenID Connect Core §3.1.2.1, used by many OAuth clients). */
import { OAuthError } from './oauth-error'

export interface Prompt {
  /** Never show a page: answer at once, or with an error. */
  none: boolean
  /** Ask for the password although the person is signed in. */
  login: boolean
  /** Ask for consent although it was given before. */
  consent: boolean
}

/** @throws OAuthError `invalid_request` */
export function parsePrompt(text: string | undefined): Prompt {
  const values = text?.split(' ').filter(value => value !== '') ?? []
  const unknown = values.some(value => !['none', 'login', 'consent', 'select_account'].includes(value))
  if (unknown) throw new OAuthError('invalid_request', 'prompt may hold none, login, consent or select_account')
  if (values.includes('none') && values.length > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with another value')
  }
  return {
    none: values.includes('none'),
    // There is one account at a time here: to select another is to sign in again.
    login: values.includes('login') || values.includes('select_account'),
    consent: values.includes('consent'),
  }
}
