/** Changes that a thief would like to make, ready to try. Each is made to the token as it was issued. */
import { alice, bob } from '@glasshouse/shared/cast'
import type { Json } from './token'

export interface Preset {
  name: string
  label: string
  /** What somebody would gain if it worked. */
  gain: string
  /** Why this token gives nothing to change. */
  unavailable?: (claims: Json) => string | undefined
  change: (token: { header: Json; claims: Json }) => { header: Json; claims: Json }
}

const A_YEAR_S = 365 * 24 * 60 * 60

export const PRESETS: Preset[] = [
  {
    name: 'scope',
    label: 'Give it more rights',
    gain: 'An app that may only read could delete your events.',
    unavailable: ({ scope }) =>
      missingScope(scope) === undefined
        ? 'This token has every scope that exists. Connect again, allow reading only, and try it with that token.'
        : undefined,
    change: ({ header, claims }) => ({
      header,
      claims: { ...claims, scope: [claims.scope, missingScope(claims.scope)].filter(Boolean).join(' ') },
    }),
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

/** @returns a scope that exists and that the token does not have */
function missingScope(scope: unknown): string | undefined {
  const has = String(scope ?? '').split(' ')
  return ['calendar.write', 'calendar.read'].find(one => !has.includes(one))
}

export function presetNamed(name: unknown): Preset | undefined {
  return PRESETS.find(preset => preset.name === name)
}
