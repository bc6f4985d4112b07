/** Fills references in: a spent value in full, any other one masked. */
import { show } from './masking'
import { splitReferences } from './references'
import type { ValueVault } from './value-vault'

export function plainText(text: string, values: ValueVault, now: number): string {
  return splitReferences(text)
    .map(part => {
      if (typeof part === 'string') return part
      const value = values.get(part.valueId)
      return value ? show(value, now) : '…'
    })
    .join('')
}
