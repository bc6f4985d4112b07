/** Extended properties as an index and a list filter name them. Values can be too long for an index, so both use a hash. */
import { createHash } from 'node:crypto'
import type { EventDetails } from './event'

type Kind = 'private' | 'shared'

/** @returns the name of each property of an event */
export function propertiesOf({ extendedProperties = {} }: EventDetails): string[] {
  return (['private', 'shared'] as const).flatMap(kind =>
    Object.entries(extendedProperties[kind] ?? {}).map(([key, value]) => nameOf(kind, key, value)),
  )
}

/** @param text a key and a value, such as `tripId=42`. @returns the name of this property */
export function nameOfProperty(kind: Kind, text: string): string {
  const at = text.indexOf('=')
  return nameOf(kind, text.slice(0, at), text.slice(at + 1))
}

function nameOf(kind: Kind, key: string, value: string): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, key, value]))
    .digest('base64url')
    .slice(0, 22)
}
