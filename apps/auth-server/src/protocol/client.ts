/** A client as the authorization server knows it (RFC 6749 §2). */
import type { Scope } from './scope'

export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials'

interface ClientMetadata {
  /** `client_id` (RFC 6749 §2.2). */
  id: string
  /** What people see. */
  name: string
  redirectUris: string[]
  grantTypes: GrantType[]
  /** What it may ask for. */
  scope: Scope
  requirePkce: boolean
  /** A resource server may hear which tokens have ended. */
  resourceServer: boolean
  /** Its home page. */
  clientUri: string | undefined
}

/** RFC 6749 §2.1. A public client has no secret, so no line can ask it for one. */
export type Client =
  | (ClientMetadata & { type: 'public' })
  | (ClientMetadata & { type: 'confidential'; secretHash: string })
