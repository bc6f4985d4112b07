/** A registered client (RFC 6749 §2). */
import type { ClientAuthenticationMethod } from './client-authentication'
import type { Scope } from './scope'

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const

export type GrantType = (typeof GRANT_TYPES)[number]

/** A client's own metadata, validated (RFC 7591 §2). `client-metadata.ts` reads and writes the wire names. */
export interface ClientMetadata {
  /** The name that users see. */
  name: string
  redirectUris: string[]
  /** `none` means no secret. A client with a secret may send it either way, whichever it registered. */
  authenticationMethod: ClientAuthenticationMethod
  /** A native app runs on the user's own device (RFC 8252), where anybody can read what it was shipped with. */
  applicationType: 'web' | 'native'
  grantTypes: GrantType[]
  /** The scope it may ask for; for a resource server, the scope values that it understands. */
  scope: Scope
  /** Whether it must use PKCE (RFC 7636). A public client always must. */
  requirePkce: boolean
  /** Its home page. */
  clientUri: string | undefined
  logoUri: string | undefined
  contacts: string[]
  /** Its public keys (RFC 7517), stored for authentication methods that need them. */
  jwks: { keys: Record<string, unknown>[] } | undefined
}

interface Registered extends ClientMetadata {
  /** `client_id` (RFC 6749 §2.2). */
  id: string
  /** For a resource server, its identifier, as used in `resource` (RFC 8707) and `aud`. */
  resource: string | undefined
  /** Whether the operator entered it. Nobody has checked the identity of any other client. */
  vouchedFor: boolean
  /** Whether it is the operator's own app, which needs no consent (docs/decisions/first-party-apps.md). */
  firstParty: boolean
}

/** RFC 6749 §2.1. The type of a public client has no secret, so no code can ask for one. */
export type Client = (Registered & { type: 'public' }) | (Registered & { type: 'confidential'; secretHash: string })

/**
 * Whether another app could impersonate this one, because nothing in its requests proves its identity (RFC 6749 §10.2,
 * RFC 8252 §8.6). An earlier consent then says nothing about which app is asking now.
 */
export function canBeImpersonated(client: Client): boolean {
  return client.type === 'public' || client.applicationType === 'native'
}

/** RFC 9700 §2.1.1: public clients MUST use PKCE. Other clients may require it of themselves (`require_pkce`). */
export function isHeldToPkce(client: Client): boolean {
  return client.type === 'public' || client.requirePkce
}
