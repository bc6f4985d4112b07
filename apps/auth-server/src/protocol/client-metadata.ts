/**
 * Reads and writes client metadata by its wire names (RFC 7591 §2), in the order of the RFC. Unknown members are
 * ignored, as §2 requires. In a list of grant types, response types or scopes, unsupported values are ignored too
 * (§3.2.1: the server MAY replace them); if none is left, the registration is refused. A single value, such as the
 * authentication method, is never replaced, because the client would then be registered for something else.
 */
import { type Client, type ClientMetadata, GRANT_TYPES, type GrantType } from './client'
import { CLIENT_AUTHENTICATION_METHODS } from './client-authentication'
import { LOGO_DATA_LIMIT, readLogo } from './logo'
import { OAuthError } from './oauth-error'
import { isLoopback, isPrivateUse, whyNotRegistrable } from './redirect-uri'
import { ALL_SCOPES, formatScope, KNOWN_SCOPES, type Scope } from './scope'

/** The limits for the data stored for each client. */
const LIMITS = { redirectUris: 20, uriLength: 2000, nameLength: 100, contacts: 10, keys: 10, keyLength: 8000 }

/**
 * @param sent the parsed JSON of a registration (RFC 7591 §3.1) or of an update (RFC 7592 §2.2)
 * @param clientId the name of a client that sends none (§2, `client_name`)
 * @throws OAuthError `invalid_redirect_uri` or `invalid_client_metadata` (§3.2.2) with a description that names the member
 */
export function readClientMetadata(sent: unknown, clientId: string): ClientMetadata {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    throw invalid('the body', 'must be a JSON object')
  }
  // RFC 7592 §2.2: null means the same as an omitted member.
  const members: Members = new Map(Object.entries(sent).filter(([, value]) => value !== null))

  const authenticationMethod = oneOf(
    members,
    'token_endpoint_auth_method',
    CLIENT_AUTHENTICATION_METHODS,
    'client_secret_basic',
  )
  const grantTypes = readGrantTypes(members)
  const redirectUris = readRedirectUris(members, grantTypes)
  readResponseTypes(members, grantTypes)
  const isPublic = authenticationMethod === 'none'
  // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
  if (isPublic && grantTypes.includes('client_credentials')) {
    throw invalid('grant_types', 'must not include client_credentials if token_endpoint_auth_method is none')
  }
  // From OpenID Connect Dynamic Client Registration §2. If it is omitted, the redirect URIs decide.
  const looksNative = redirectUris.some(uri => isPrivateUse(uri) || isLoopback(uri, { byName: isPublic }))
  const applicationType = oneOf(members, 'application_type', ['web', 'native'], looksNative ? 'native' : 'web')
  if (applicationType === 'web' && redirectUris.some(isPrivateUse)) {
    throw new OAuthError(
      'invalid_redirect_uri',
      'redirect_uris contains a private-use scheme, which only native apps can use',
    )
  }

  return {
    redirectUris,
    authenticationMethod,
    applicationType,
    grantTypes,
    name: readName(members) ?? clientId,
    clientUri: readWebAddress(members, 'client_uri'),
    logoUri: readLogoUri(members),
    scope: readScope(members),
    contacts: readContacts(members),
    jwks: readJwks(members),
    // RFC 9700 §2.1.1: public clients MUST use PKCE, whatever they register.
    // RFC 8252 §8.5: a native app MUST be treated as public, even if it has a secret.
    requirePkce: readFlag(members, 'require_pkce') || isPublic || members.get('application_type') === 'native',
  }
}

/** RFC 7591 §3.2.1: all registered metadata, including the values that the server has filled in. */
export function writeClientMetadata(client: Client): Record<string, unknown> {
  return {
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.authenticationMethod,
    grant_types: client.grantTypes,
    response_types: responseTypesOf(client.grantTypes),
    application_type: client.applicationType,
    client_name: client.name,
    client_uri: client.clientUri,
    logo_uri: client.logoUri,
    scope: formatScope(client.scope),
    contacts: client.contacts.length > 0 ? client.contacts : undefined,
    jwks: client.jwks,
    require_pkce: client.requirePkce,
  }
}

/** By wire name, without null members. A map, so that inherited names are never found. */
type Members = Map<string, unknown>

function invalid(member: string, why: string): OAuthError {
  return new OAuthError('invalid_client_metadata', `${member} ${why}`)
}

/** §2, `grant_types`: if omitted, only `authorization_code`. */
function readGrantTypes(members: Members): GrantType[] {
  const sent = stringList(members, 'grant_types')
  if (sent === undefined) return ['authorization_code']
  const supported = GRANT_TYPES.filter(type => sent.includes(type))
  if (supported.length > 0) return supported
  throw invalid('grant_types', `has no supported value; supported values: ${GRANT_TYPES.join(', ')}`)
}

/** §2: clients using flows with redirection MUST register their redirection URI values. */
function readRedirectUris(members: Members, grantTypes: GrantType[]): string[] {
  const refusal = (why: string) => new OAuthError('invalid_redirect_uri', why)
  const sent = members.get('redirect_uris') ?? []
  if (!isStringList(sent)) throw refusal('redirect_uris must be an array of strings')
  if (sent.length === 0 && grantTypes.includes('authorization_code')) {
    throw refusal('redirect_uris is missing; the grant type authorization_code requires it')
  }
  if (sent.length > LIMITS.redirectUris) throw refusal(`redirect_uris can have at most ${LIMITS.redirectUris} entries`)
  for (const [index, uri] of sent.entries()) {
    const why = whyNotRedirectUri(uri)
    if (why) throw refusal(`redirect_uris[${index}] ${why}`)
  }
  return [...new Set(sent)]
}

/** @returns why a redirect URI is refused, as the rest of a sentence that begins with it; undefined if it is valid */
export function whyNotRedirectUri(uri: string): string | undefined {
  return uri.length > LIMITS.uriLength ? 'is too long' : whyNotRegistrable(uri)
}

/** §2.1: `code` requires `authorization_code`, and the reverse. */
function responseTypesOf(grantTypes: readonly GrantType[]): string[] {
  return grantTypes.includes('authorization_code') ? ['code'] : []
}

function readResponseTypes(members: Members, grantTypes: GrantType[]): void {
  const expected = responseTypesOf(grantTypes)
  const sent = stringList(members, 'response_types') ?? expected
  const supported = sent.filter(value => value === 'code')
  if (sent.length > 0 && supported.length === 0)
    throw invalid('response_types', 'has no supported value; supported values: code')
  if (supported.length !== expected.length) {
    throw invalid(
      'response_types',
      'must contain code once if grant_types contains authorization_code; otherwise it must be empty',
    )
  }
}

/** Invisible characters, and those that change the direction of text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u

/**
 * U+200C and U+200D between two visible characters. Persian and several Indic scripts need them, and they join many
 * emoji. The emoji before one may end with U+FE0F.
 */
const JOINER = /(?<=[^\s\p{DI}]\ufe0f?)[\u200c\u200d](?=[^\s\p{DI}])/gu

/** Users decide by the name they see. */
function readName(members: Members): string | undefined {
  const name = string(members, 'client_name')?.trim()
  if (name === undefined) return undefined
  if (name === '' || name.length > LIMITS.nameLength || UNSEEN.test(name.replace(JOINER, ''))) {
    throw invalid('client_name', `must be 1 to ${LIMITS.nameLength} visible characters`)
  }
  return name
}

/** A page that users could be sent to. */
function readWebAddress(members: Members, member: string): string | undefined {
  const uri = string(members, member)
  if (uri !== undefined && !isWebAddress(uri)) {
    throw invalid(member, `must be an http or https URL of at most ${LIMITS.uriLength} characters`)
  }
  return uri
}

function isWebAddress(uri: string): boolean {
  return uri.length <= LIMITS.uriLength && /^https?:\/\/[\x21-\x7e]+$/i.test(uri) && URL.canParse(uri)
}

/** A logo on another host is stored but never loaded; one in a data: URL is shown (`logo.ts`). */
function readLogoUri(members: Members): string | undefined {
  const uri = string(members, 'logo_uri')
  if (uri === undefined || isWebAddress(uri) || readLogo(uri)) return uri
  throw invalid(
    'logo_uri',
    `must be an http or https URL, or a data: URL of a PNG, JPEG or WebP of at most ${LOGO_DATA_LIMIT} characters`,
  )
}

/** §2, `scope`: if omitted, everything. */
function readScope(members: Members): Scope {
  const text = string(members, 'scope')
  if (text === undefined) return KNOWN_SCOPES
  const sent = text.split(' ')
  const supported = ALL_SCOPES.filter(value => sent.includes(value))
  if (supported.length > 0) return supported
  throw invalid('scope', `has no supported value; supported values: ${KNOWN_SCOPES.join(' ')}`)
}

function readContacts(members: Members): string[] {
  const contacts = stringList(members, 'contacts') ?? []
  const tooMuch = contacts.length > LIMITS.contacts || contacts.some(contact => contact === '' || contact.length > 254)
  if (tooMuch || contacts.some(contact => /[\p{Cc}\p{Cs}]/u.test(contact))) {
    throw invalid(
      'contacts',
      `can have at most ${LIMITS.contacts} entries of 1 to 254 characters, such as email addresses`,
    )
  }
  return contacts
}

/** RFC 7517 §9.2, RFC 7518 §6: the members of private and shared keys. */
const PRIVATE_KEY_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** §2, `jwks`: public keys, by value. */
function readJwks(members: Members): ClientMetadata['jwks'] {
  const jwks = members.get('jwks')
  if (jwks === undefined) return undefined
  // §2: the "jwks_uri" and "jwks" parameters MUST NOT both be present.
  if (members.has('jwks_uri')) throw invalid('jwks', 'cannot be sent together with jwks_uri')
  const { keys } = jwks as { keys?: unknown }
  if (!Array.isArray(keys) || keys.length > LIMITS.keys) {
    throw invalid('jwks', `must be an object with "keys", an array of at most ${LIMITS.keys} keys`)
  }
  for (const key of keys) checkKey(key)
  return { keys }
}

function checkKey(key: unknown): void {
  if (typeof key !== 'object' || key === null || !('kty' in key) || typeof key.kty !== 'string') {
    throw invalid('jwks', 'has a key without kty')
  }
  if (JSON.stringify(key).length > LIMITS.keyLength) throw invalid('jwks', 'has a key that is too long')
  if (PRIVATE_KEY_MEMBERS.some(name => Object.hasOwn(key, name))) {
    throw invalid('jwks', 'has a private or shared key; send only public keys')
  }
  // RFC 7517 §4, §5: unknown members and key types are ignored.
  const members = new Map(Object.entries(key))
  const missing = REQUIRED_KEY_MEMBERS.get(key.kty)?.find(name => !isBase64url(members.get(name)))
  if (missing) throw invalid('jwks', `has a key of kty ${key.kty} without ${missing}`)
}

/** RFC 7518 §6.2.1, §6.3.1, RFC 8037 §2. Each value is base64url, or a name that has the same form. */
const REQUIRED_KEY_MEMBERS = new Map([
  ['EC', ['crv', 'x', 'y']],
  ['RSA', ['n', 'e']],
  ['OKP', ['crv', 'x']],
])

function isBase64url(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value)
}

function string(members: Members, member: string): string | undefined {
  const value = members.get(member)
  if (value === undefined || typeof value === 'string') return value
  throw invalid(member, 'must be a string')
}

function oneOf<Value extends string>(
  members: Members,
  member: string,
  values: readonly Value[],
  byDefault: Value,
): Value {
  const sent = string(members, member) ?? byDefault
  const value = values.find(candidate => candidate === sent)
  if (value === undefined) throw invalid(member, `must be one of ${values.join(', ')}`)
  return value
}

function readFlag(members: Members, member: string): boolean {
  const value = members.get(member) ?? false
  if (typeof value !== 'boolean') throw invalid(member, 'must be true or false')
  return value
}

function stringList(members: Members, member: string): string[] | undefined {
  const value = members.get(member)
  if (value === undefined || isStringList(value)) return value
  throw invalid(member, 'must be an array of strings')
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(entry => typeof entry === 'string')
}
