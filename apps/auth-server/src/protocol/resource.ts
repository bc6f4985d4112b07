/** Resource indicators (RFC 8707): for which resource servers a token is meant. */
import { OAuthError } from './oauth-error'
import { includesScope, type Scope } from './scope'

/** A resource server, as a request for a token sees it. */
export interface ResourceServer {
  /** What `resource` and `aud` name it by. */
  identifier: string
  /** The scope values that mean something to it. */
  scope: Scope
}

/** The `aud` of a token: the identifiers of one resource server or several, each once, in alphabetical order. */
export type Audience = readonly string[]

/**
 * RFC 8707 §2: reads the `resource` parameters of a request. A URL under a resource server's identifier means that
 * server: a token is good for the whole of it, and what it lets its bearer do there is its scope's affair.
 * @param sent none or several
 * @param servers the resource servers that there are
 * @returns undefined when none was sent
 * @throws OAuthError `invalid_target`
 */
export function readAudience(sent: string[], servers: readonly ResourceServer[]): Audience | undefined {
  if (sent.length === 0) return undefined
  const known = servers.map(server => server.identifier)
  const meant = sent.map(resource => {
    // §2: an absolute URI, and it MUST NOT include a fragment. RFC 3986 Appendix A has no room for these characters.
    if (
      !/^[\x21-\x7e]+$/.test(resource) ||
      /["<>\\^`{|}]/.test(resource) ||
      !URL.canParse(resource) ||
      resource.includes('#')
    ) {
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
 * RFC 9068 §2.2.3: every value in a token's `scope` MUST mean something to the resource servers that it is for. A token
 * that is narrowed later on, in scope or in audience, keeps to this.
 * @throws OAuthError `invalid_scope` (§3)
 */
export function requireMeaning(scope: Scope, audience: Audience, servers: readonly ResourceServer[]): void {
  const addressed = servers.filter(server => audience.includes(server.identifier))
  if (addressed.some(server => !includesScope(server.scope, scope))) {
    throw new OAuthError('invalid_scope', 'scope has a value that means nothing to the resource')
  }
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
