/** Extended properties as an index and a list filter name them. Values can be too long for an index, so both use a hash. */
import { createHash } from 'node:crypto'
import { invalid } from '../problem'
import type { EventDetails } from './event'

type Kind = 'private' | 'shared'

/** @returns the name of each property of an event */
export function propertiesOf({ extendedProperties = {} }: EventDetails): string[] {
  return (['private', 'shared'] as const).flatMap(kind =>
    Object.entries(extendedProperties[kind] ?? {}).map(([key, value]) => nameOf(kind, key, value)),
  )
}

/**
 * Reads `privateExtendedProperty` and `sharedExtendedProperty`, each of which can be repeated.
 * @returns the name of each property that an event must have
 * @throws Problem 400
 */
export function readPropertyFilters(parameters: URLSearchParams): string[] {
  const names = (['private', 'shared'] as const).flatMap(kind => {
    const parameter = `${kind}ExtendedProperty`
    return parameters.getAll(parameter).map(text => {
      const at = text.indexOf('=')
      if (at < 1) throw invalid({ parameter }, 'must be a key and a value, such as tripId=42')
      return nameOf(kind, text.slice(0, at), text.slice(at + 1))
    })
  })
  return [...new Set(names)].sort()
}

function nameOf(kind: Kind, key: string, value: string): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, key, value]))
    .digest('base64url')
    .slice(0, 22)
}
