/** What a page shows of one light. */
import type { LightName } from './levers'

export type LightState = 'on' | 'off' | 'unknown'

export interface Light {
  name: LightName
  title: string
  /** Whose light it is, for its colour. */
  party: 'client' | 'authorization-server' | 'resource-server'
  state: LightState
  /** One sentence: what this light is. */
  what: string
  /** One sentence: why it is on or off. */
  why: string
  /** The end of the token, or the token, if it opens nothing any longer. */
  token?: { id: string; text: string; isJwt: boolean }
  /** How to light it again. */
  again?: { href: string; label: string }
  buttons: LightButton[]
}

export interface LightButton {
  name: string
  label: string
  danger: boolean
  action: string
  /** Hidden fields. */
  fields: Record<string, string>
  /** Why it cannot be pressed now. */
  disabled?: string
}
