/** Resource indicators (RFC 8707): for which resource servers a token is meant. */
import { OAuthError } from './oauth-error'

/** The `aud` of a token: the identifiers of one resource server or several, each once, in alphabetical order. */
export type Audience = readonly string[]

/**
 * RFC 8707 §2: reads the `resource` parameters of a request. A URL under a resource server's identifier means that
 * server: a token is good for the whole of it, and what it lets its bearer do there is its scope's affair.
 * @param sent none or several
 * @param known the identifiers of the resource servers that there are
 * @returns undefined when none was sent
 * @throws OAuthError `invalid_target`
 */
export function readAudience(sent: string[], known: readonly string[]): Audience | undefined {
  if (sent.length === 0) return undefined
  const meant = sent.map(resource => {
    // §2: an absolute URI, and it MUST NOT include a fragment.
    if (!/^[\x21-\x7e]+$/.test(resource) || !URL.canParse(resource) || resource.includes('#')) {
      throw new OAuthError('invalid_target', 'resource has to be an absolute URI without a fragment')
    }
    const { href } = new URL(resource)
    const identifier = known.find(candidate => resource === candidate || href.startsWith(`${candidate}/`))
    if (identifier === undefined) {
      throw new OAuthError(
        'invalid_target',
        `resource is not known; it may be ${known.join(' or ')}, or a URL under it`,
      )
    }
    return identifier
  })
  return known.filter(identifier => meant.includes(identifier))
}

/**
 * RFC 8707 §2.2: a token request may name fewer resources than were granted, and never others.
 * @param asked as `readAudience` gave it; undefined asks for all that was granted
 * @throws OAuthError `invalid_target`
 */
export function narrowAudience(granted: Audience, asked: Audience | undefined): Audience {
  const beyond = asked?.some(identifier => !granted.includes(identifier))
  if (beyond) throw new OAuthError('invalid_target', 'resource asks for more than the authorization was given for')
  return asked ?? granted
}

/** As it is stored. A URI has no space in it. */
export function formatAudience(audience: Audience): string {
  return audience.join(' ')
}

export function parseAudience(text: string): Audience {
  return text.split(' ')
}
