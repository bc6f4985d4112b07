/** Fills references in: a spent value in full, any other one masked. */
import { isSpent, show } from './masking'
import { splitReferences } from './references'
import type { ValueVault } from './value-vault'

/** @param encode how a value is written at this place: percent-encoded in a URL, for instance */
export function plainText(
  text: string,
  values: ValueVault,
  now: number,
  encode: (value: string) => string = value => value,
): string {
  return splitReferences(text)
    .map(part => {
      if (typeof part === 'string') return part
      const value = values.get(part.valueId)
      if (!value) return '…'
      const shown = show(value, now)
      return isSpent(value, now) && shown === value.plain ? encode(shown) : shown
    })
    .join('')
}
