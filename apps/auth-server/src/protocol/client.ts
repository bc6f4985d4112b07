/** A client as the authorization server knows it (RFC 6749 §2). */
import type { ClientAuthenticationMethod } from './client-authentication'
import type { Scope } from './scope'

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const

export type GrantType = (typeof GRANT_TYPES)[number]

/** What a client says of itself, checked (RFC 7591 §2). `client-metadata.ts` reads and writes the wire names. */
export interface ClientMetadata {
  /** What people see. */
  name: string
  redirectUris: string[]
  /** `none`: it has no secret. A client that has one may send it either way, whichever it registered. */
  authenticationMethod: ClientAuthenticationMethod
  /** A native app runs on the person's own device (RFC 8252), where anybody can read what it was shipped with. */
  applicationType: 'web' | 'native'
  grantTypes: GrantType[]
  /** What it may ask for; of a resource server, what means something to it. */
  scope: Scope
  /** Whether it is held to PKCE (RFC 7636). A public client always is. */
  requirePkce: boolean
  /** Its home page. */
  clientUri: string | undefined
  logoUri: string | undefined
  contacts: string[]
  /** Its public keys (RFC 7517). Kept for the authentication methods that need them. */
  jwks: { keys: Record<string, unknown>[] } | undefined
}

interface Registered extends ClientMetadata {
  /** `client_id` (RFC 6749 §2.2). */
  id: string
  /** For a resource server, its identifier: what `resource` (RFC 8707) and `aud` name it by. */
  resource: string | undefined
  /** Whether the operator entered it. All others have but said who they are. */
  vouchedFor: boolean
}

/** RFC 6749 §2.1. A public client has no secret, so no line can ask it for one. */
export type Client = (Registered & { type: 'public' }) | (Registered & { type: 'confidential'; secretHash: string })

/**
 * Whether another app could pass for this one: nothing in its requests proves who it is (RFC 6749 §10.2, RFC 8252 §8.6).
 * A person's earlier consent then says nothing about who is asking now.
 */
export function canBeImpersonated(client: Client): boolean {
  return client.type === 'public' || client.applicationType === 'native'
}

/** RFC 9700 §2.1.1: public clients MUST use PKCE. Others may ask to be held to it (`require_pkce`). */
export function isHeldToPkce(client: Client): boolean {
  return client.type === 'public' || client.requirePkce
}
