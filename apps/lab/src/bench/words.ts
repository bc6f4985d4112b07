/** A token's header and claims in words. */
import { alice, bob } from '@glasshouse/shared/cast'
import { JWT_MEMBERS } from '@glasshouse/shared/see-through/explanations'
import type { SpecReference } from '@glasshouse/shared/see-through/spec'
import type { Json } from './token'

export interface Member {
  name: string
  /** JSON. */
  value: string
  /** The value in words, where it is not plain already. */
  inWords: string | undefined
  meaning: string
  spec: SpecReference | undefined
  /** Whether it differs from the token as it was issued. */
  changed: boolean
}

/** @param now milliseconds since the epoch */
export function membersOf(members: Json, original: Json, now: number): Member[] {
  return Object.entries(members).map(([name, value]) => {
    const explanation = Object.hasOwn(JWT_MEMBERS, name) ? JWT_MEMBERS[name] : undefined
    return {
      name,
      value: JSON.stringify(value),
      inWords: inWords(name, value, now),
      meaning: explanation?.meaning ?? 'RFC 9068 does not define this one.',
      spec: explanation?.spec,
      changed: JSON.stringify(value) !== JSON.stringify(original[name]),
    }
  })
}

const NAMES: Record<string, string> = { [alice.id]: alice.name, [bob.id]: bob.name }

function inWords(name: string, value: unknown, now: number): string | undefined {
  if (name === 'sub') return NAMES[String(value)]
  if (!['exp', 'iat', 'nbf'].includes(name) || typeof value !== 'number' || Math.abs(value) > 8.64e12) return undefined
  const date = new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${relative(value * 1000 - now)} (${date} UTC)`
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 24 * 60 * 60_000],
  ['day', 24 * 60 * 60_000],
  ['hour', 60 * 60_000],
  ['minute', 60_000],
  ['second', 1_000],
]

function relative(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => Math.abs(ms) >= length) ?? (['second', 1_000] as const)
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.round(ms / size), unit)
}
