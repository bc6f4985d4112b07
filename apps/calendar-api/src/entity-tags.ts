/** Entity tags (RFC 9110 §8.8.3) in `If-Match` and `If-None-Match`. */

/** What the header lists; `*` is any state at all. */
export type EntityTags = '*' | string[]

/** @returns undefined without the header. One that holds no entity tag is kept as it is: it matches nothing. */
export function readEntityTags(header: string | undefined): EntityTags | undefined {
  if (header === undefined) return undefined
  if (header.trim() === '*') return '*'
  return header.match(/(W\/)?"[^"]*"/g) ?? [header]
}

/** RFC 9110 §13.1.1: the strong comparison, which a weak tag never passes. @param etag a strong one */
export function matchesStrongly(tags: EntityTags | undefined, etag: string): boolean {
  return tags === undefined || tags === '*' || tags.includes(etag)
}

/** RFC 9110 §13.1.2: the weak comparison. @param etag a strong one */
export function matchesWeakly(tags: EntityTags, etag: string): boolean {
  return tags === '*' || tags.some(tag => tag.replace(/^W\//, '') === etag)
}
