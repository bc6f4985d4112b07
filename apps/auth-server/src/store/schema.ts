/**
 * The tables, as the queries see them. Times are whole seconds since the epoch, as in a JWT, unless the name ends in `_ms`.
 * Secrets, codes and refresh tokens are stored only as hashes. Flags are 0 or 1 and lists are JSON, which both engines
 * support.
 */
import type { Store } from '@glasshouse/shared/database'
import type { SessionTable } from '@glasshouse/shared/sessions'
import type { Generated, Kysely } from 'kysely'

export interface Schema {
  sessions: SessionTable
  users: UserTable
  clients: ClientTable
  consents: ConsentTable
  authorization_requests: AuthorizationRequestTable
  authorization_codes: AuthorizationCodeTable
  token_families: TokenFamilyTable
  refresh_tokens: RefreshTokenTable
  ended_tokens: EndedTokenTable
  ended_token_counter: { id: number; value: number }
  listeners: ListenerTable
  signing_keys: SigningKeyTable
  /** One row: how often the clients or the signing keys were changed. */
  registry_version: { id: number; value: number }
}

export type Database = Kysely<Schema>
export type AuthServerStore = Store<Schema>

export interface UserTable {
  /** The `sub` of this user's tokens. */
  id: string
  username: string
  name: string
  /** argon2id, in the PHC string format. */
  password_hash: string
}

export interface ClientTable {
  id: string
  name: string
  /** SHA-256, base64url. Null for a public client. */
  secret_hash: string | null
  redirect_uris: string
  grant_types: string
  scope: string
  require_pkce: number
  /** 1 for the operator's own apps. */
  first_party: Generated<number>
  token_endpoint_auth_method: string
  application_type: string
  client_uri: string | null
  logo_uri: string | null
  contacts: string
  jwks: string | null
  /** A resource server's identifier, used in `resource` and `aud`. Null for any other client. */
  resource: string | null
  /** For a client that registered itself: its registration access token (RFC 7592), as SHA-256 in base64url. */
  registration_token_hash: string | null
  /** The user who registered it, if any. */
  owner_id: string | null
  created_at: number
}

export interface ConsentTable {
  user_id: string
  client_id: string
  scope: string
  granted_at: number
  /** When the client was last issued a token. A refresh token that is still stored may be newer. */
  last_used_at: number | null
}

export interface AuthorizationRequestTable {
  id: string
  /** The browser that sent it: a value that only this browser's session holds. */
  browser: string
  client_id: string
  /** The address that the answer goes to. */
  redirect_uri: string
  /** 1 if the request named the redirect URI; then the token request must name it too. */
  redirect_uri_given: number
  scope: string
  state: string | null
  code_challenge: string | null
  /** The `aud` of the tokens that will be issued: resource identifiers separated by spaces. */
  audience: string
  prompt: string
  /** The request as received, for the see-through strip. */
  received: string
  created_at: number
  expires_at: number
  /** When the user signed in while answering this request, which `prompt=login` requires. */
  signed_in_at: number | null
  decided_at: number | null
}

export interface AuthorizationCodeTable {
  hash: string
  family_id: string
  client_id: string
  user_id: string
  redirect_uri: string
  redirect_uri_given: number
  scope: string
  code_challenge: string | null
  expires_at: number
  redeemed_at: number | null
}

/** Everything that comes from one authorization: its code, access tokens and refresh tokens. They end together. */
export interface TokenFamilyTable {
  id: string
  client_id: string
  user_id: string
  scope: string
  audience: string
  created_at: number
  /** When the last of its codes and access tokens expires. It lives on while one of its refresh tokens does. */
  live_until: number
  ended_at: number | null
}

export interface RefreshTokenTable {
  hash: string
  family_id: string
  client_id: string
  issued_at: number
  expires_at: number
  /** When it was replaced. Any use after that is a replay. */
  replaced_at: number | null
}

export interface EndedTokenTable {
  seq: number
  /** A `jti`, or the id of a token family: the part of a `jti` before the dot. */
  id: string
  /** When the last token that this entry concerns would have expired. */
  expires_at: number
}

export interface ListenerTable {
  id: string
  confirmed_seq: number
  lease_until_ms: number
}

export interface SigningKeyTable {
  kid: string
  algorithm: string
  private_key_pem: string
  created_at: number
  /** Its number in the sequence, from 1. */
  generation: number
  signs_from: number
  /** The longest lifetime of the tokens it has signed, in seconds. */
  token_ttl: number
}
