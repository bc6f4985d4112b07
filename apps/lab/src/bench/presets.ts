/** Changes that a thief would like to make, ready to try. Each is made to the token as it was issued. */
import { alice, bob } from '@glasshouse/shared/cast'
import type { Json } from './token'

export interface Preset {
  name: string
  label: string
  /** What somebody would gain if it worked. */
  gain: string
  change: (token: { header: Json; claims: Json }) => { header: Json; claims: Json }
}

const A_YEAR_S = 365 * 24 * 60 * 60

export const PRESETS: Preset[] = [
  {
    name: 'scope',
    label: 'Give it more rights',
    gain: 'An app that may only read could delete your events.',
    change: ({ header, claims }) => ({ header, claims: { ...claims, scope: otherScope(claims.scope) } }),
  },
  {
    name: 'sub',
    label: 'Make it somebody else’s',
    gain: 'Whoever has one token could read everyone’s calendar.',
    change: ({ header, claims }) => ({ header, claims: { ...claims, sub: claims.sub === bob.id ? alice.id : bob.id } }),
  },
  {
    name: 'exp',
    label: 'Let it live a year longer',
    gain: 'A stolen token would never stop working.',
    change: ({ header, claims }) => ({ header, claims: { ...claims, exp: Number(claims.exp) + A_YEAR_S } }),
  },
  {
    name: 'none',
    label: 'Leave the signature out',
    gain: 'Anyone could write any token. In 2015 several JWT libraries really accepted “alg”: “none”.',
    change: ({ header, claims }) => ({ header: { ...header, alg: 'none' }, claims }),
  },
]

/** More than it has; a token that has both gets a scope that does not exist. */
function otherScope(scope: unknown): string {
  const has = String(scope ?? '').split(' ')
  return has.includes('calendar.write')
    ? `${has.join(' ')} calendar.admin`
    : [...has, 'calendar.write'].join(' ').trim()
}

export function presetNamed(name: unknown): Preset | undefined {
  return PRESETS.find(preset => preset.name === name)
}
