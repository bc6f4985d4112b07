/**
 * In a stored message a reference stands in place of each secret value, so that the text around it can be kept as it was
 * sent. A reference is the value's id between two characters that no message contains.
 */
const OPEN = '\uE000'
const CLOSE = '\uE001'

export function referenceTo(id: string): string {
  return `${OPEN}${id}${CLOSE}`
}

export type TextPart = string | { valueId: string }

/** Removes the two characters from what others sent. */
export function withoutMarks(text: string): string {
  return text.replace(/[\uE000\uE001]/g, '\uFFFD')
}

/**
 * @param values what to replace, wherever it stands, as it is or percent-encoded
 * @returns the text with a reference in place of each value
 */
export function replaceValues(text: string, values: { id: string; value: string }[]): string {
  let result = text
  for (const { id, value } of byLength(values)) {
    for (const form of new Set([
      value,
      encodeURIComponent(value),
      new URLSearchParams([['', value]]).toString().slice(1),
    ])) {
      if (form !== '') result = result.replaceAll(form, referenceTo(id))
    }
  }
  return result
}

/** The longest first: a value may contain another one. */
function byLength<T extends { value: string }>(values: T[]): T[] {
  return values.toSorted((a, b) => b.value.length - a.value.length)
}

export function splitReferences(text: string): TextPart[] {
  return text
    .split(/(\uE000[^\uE001]*\uE001)/)
    .filter(part => part !== '')
    .map(part => (part.startsWith(OPEN) ? { valueId: part.slice(1, -1) } : part))
}

export function referencedIds(text: string): string[] {
  return splitReferences(text).flatMap(part => (typeof part === 'string' ? [] : [part.valueId]))
}
