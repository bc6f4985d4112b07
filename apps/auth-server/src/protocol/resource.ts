/** Resource indicators (RFC 8707): for which resource server a token is meant. */
import { OAuthError } from './oauth-error'

/**
 * @param resources the `resource` parameters of a request, none or several
 * @param calendarApiUrl the one resource server there is
 * @returns the audience of the token to come
 * @throws OAuthError `invalid_target`
 */
export function readAudience(resources: string[], calendarApiUrl: string): string {
  for (const resource of resources) {
    // RFC 8707 §2: an absolute URI without a fragment.
    if (!URL.canParse(resource) || resource.includes('#')) {
      throw new OAuthError('invalid_target', 'resource has to be an absolute URI without a fragment')
    }
    if (resource !== calendarApiUrl && !new URL(resource).href.startsWith(`${calendarApiUrl}/`)) {
      throw new OAuthError('invalid_target', `resource is not known; it may be ${calendarApiUrl} or a URL under it`)
    }
  }
  return calendarApiUrl
}
