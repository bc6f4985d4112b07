/** Resource indicators (RFC 8707): the resource servers that a token is for. */
import { OAuthError } from './oauth-error'
import { includesScope, type Scope } from './scope'

/** A resource server that tokens can be requested for. */
export interface ResourceServer {
  /** Its identifier in `resource` and `aud`. */
  identifier: string
  /** The scope values that it understands. */
  scope: Scope
}

/** The `aud` of a token: the identifiers of one or more resource servers, each once, in alphabetical order. */
export type Audience = readonly string[]

/**
 * RFC 8707 §2: reads the `resource` parameters of a request. A URL under a resource server's identifier stands for that
 * server: a token is valid for the whole server, and its scope says what it allows there.
 * @param sent the values, possibly none
 * @param servers the registered resource servers
 * @returns undefined when no resource was sent
 * @throws OAuthError `invalid_target`
 */
export function readAudience(sent: string[], servers: readonly ResourceServer[]): Audience | undefined {
  if (sent.length === 0) return undefined
  const known = servers.map(server => server.identifier)
  const meant = sent.map(resource => {
    // §2: an absolute URI, and it MUST NOT include a fragment. RFC 3986 Appendix A does not allow these characters.
    if (
      !/^[\x21-\x7e]+$/.test(resource) ||
      /["<>\\^`{|}]/.test(resource) ||
      !URL.canParse(resource) ||
      resource.includes('#')
    ) {
      throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment')
    }
    const { href } = new URL(resource)
    const identifier = known.find(candidate => resource === candidate || href.startsWith(`${candidate}/`))
    if (identifier === undefined) {
      throw new OAuthError('invalid_target', `resource is unknown; use ${known.join(' or ')}, or a URL under it`)
    }
    return identifier
  })
  return known.filter(identifier => meant.includes(identifier))
}

/**
 * RFC 9068 §2.2.3: every value in a token's `scope` MUST be meaningful to the resource servers in its audience. This also
 * holds for a token whose scope or audience is narrowed later.
 * @throws OAuthError `invalid_scope` (§3)
 */
export function requireMeaning(scope: Scope, audience: Audience, servers: readonly ResourceServer[]): void {
  const addressed = servers.filter(server => audience.includes(server.identifier))
  if (addressed.some(server => !includesScope(server.scope, scope))) {
    throw new OAuthError('invalid_scope', 'scope has a value that the resource does not understand')
  }
}

/**
 * RFC 8707 §2.2: a token request may name fewer resources than were granted, and never others.
 * @param asked the result of `readAudience`; undefined asks for everything that was granted
 * @throws OAuthError `invalid_target`
 */
export function narrowAudience(granted: Audience, asked: Audience | undefined): Audience {
  const beyond = asked?.some(identifier => !granted.includes(identifier))
  if (beyond) throw new OAuthError('invalid_target', 'resource asks for more than was granted')
  return asked ?? granted
}

/** The stored form. URIs contain no spaces. */
export function formatAudience(audience: Audience): string {
  return audience.join(' ')
}

export function parseAudience(text: string): Audience {
  return text.split(' ')
}
