/** Entity tags (RFC 9110 §8.8.3), and the requests that are made conditional on them (§13). */
import type { IncomingHttpHeaders } from 'node:http'

/** What a header lists; `*` is any state at all. */
export type EntityTags = '*' | string[]

/** What a request asks of the event's state. undefined: nothing. */
export interface Preconditions {
  /** The event has to be in one of these states. */
  ifMatch?: EntityTags | undefined
  /** It must be in none of these. */
  ifNoneMatch?: EntityTags | undefined
}

/** §8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE, and `W` is a capital letter. */
const ENTITY_TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
/** §5.6.1: #entity-tag, whose empty elements count for nothing. */
const LIST = new RegExp(`^[ \\t]*(?:${ENTITY_TAG}[ \\t]*)?(?:,[ \\t]*(?:${ENTITY_TAG}[ \\t]*)?)*$`)

/**
 * The tags are ready to be compared, as text, with an event's own, which is never weak: §13.1.1 compares `If-Match`
 * strongly, so a weak tag stays as it is and matches nothing; §13.1.2 compares `If-None-Match` weakly, so `W/` goes.
 */
export function readPreconditions(headers: IncomingHttpHeaders): Preconditions {
  const ifNoneMatch = readEntityTags(headers['if-none-match'])
  return {
    ifMatch: readEntityTags(headers['if-match']),
    ifNoneMatch: Array.isArray(ifNoneMatch) ? ifNoneMatch.map(tag => tag.replace(/^W\//, '')) : ifNoneMatch,
  }
}

/**
 * §13.2.2: `If-Match` is looked at first, then `If-None-Match`.
 * @returns the first that does not hold for an event with this tag
 */
export function unmet({ ifMatch, ifNoneMatch }: Preconditions, etag: string): keyof Preconditions | undefined {
  if (ifMatch !== undefined && !names(ifMatch, etag)) return 'ifMatch'
  if (ifNoneMatch !== undefined && names(ifNoneMatch, etag)) return 'ifNoneMatch'
  return undefined
}

function names(tags: EntityTags, etag: string): boolean {
  return tags === '*' || tags.includes(etag)
}

/** @returns undefined without the header. One that is no list of entity tags from end to end matches nothing. */
function readEntityTags(header: string | undefined): EntityTags | undefined {
  if (header === undefined) return undefined
  if (header.trim() === '*') return '*'
  return LIST.test(header) ? (header.match(new RegExp(ENTITY_TAG, 'g')) ?? []) : []
}
