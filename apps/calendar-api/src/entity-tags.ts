/** Entity tags (RFC 9110 §8.8.3) and conditional requests (§13). */
import type { IncomingHttpHeaders } from 'node:http'
import { Problem } from './problem'

/** The tags in a header; `*` matches any. */
export type EntityTags = '*' | string[]

/** The conditions of a request. undefined means that the request has no such condition. */
export interface Preconditions {
  /** The event must have one of these tags. */
  ifMatch?: EntityTags | undefined
  /** The event must have none of these tags. */
  ifNoneMatch?: EntityTags | undefined
}

/** §8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE, with a capital `W`. */
const ENTITY_TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
/** §5.6.1: #entity-tag, in which empty elements are ignored. */
const LIST = new RegExp(`^[ \\t]*(?:${ENTITY_TAG}[ \\t]*)?(?:,[ \\t]*(?:${ENTITY_TAG}[ \\t]*)?)*$`)

/**
 * Prepares the tags for comparison, as text, with an event's own tag, which is strong. `If-Match` is compared strongly
 * (§13.1.1), so a weak tag keeps its `W/` and matches nothing. `If-None-Match` is compared weakly (§13.1.2), so `W/` is
 * removed.
 */
export function readPreconditions(headers: IncomingHttpHeaders): Preconditions {
  const ifNoneMatch = readEntityTags(headers['if-none-match'])
  return {
    ifMatch: readEntityTags(headers['if-match']),
    ifNoneMatch: Array.isArray(ifNoneMatch) ? ifNoneMatch.map(tag => tag.replace(/^W\//, '')) : ifNoneMatch,
  }
}

/**
 * Checks the conditions in the order of §13.2.2: `If-Match`, then `If-None-Match`.
 * @returns the first condition that an event with this tag does not meet
 */
export function unmet({ ifMatch, ifNoneMatch }: Preconditions, etag: string): keyof Preconditions | undefined {
  if (ifMatch !== undefined && !matches(ifMatch, etag)) return 'ifMatch'
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) return 'ifNoneMatch'
  return undefined
}

/** RFC 9110 §15.5.13. @param what the kind of resource */
export function preconditionFailed(failed: keyof Preconditions, what: 'event' | 'calendar' = 'event'): Problem {
  return failed === 'ifMatch'
    ? new Problem(412, `The ${what} has changed since you read it. Read it again, then repeat your change.`, {
        check: 'if-match',
      })
    : new Problem(
        412,
        `The ${what} is in a state that If-None-Match excludes. Read it again, then repeat your change.`,
        {
          check: 'if-none-match',
        },
      )
}

function matches(tags: EntityTags, etag: string): boolean {
  return tags === '*' || tags.includes(etag)
}

/** @returns undefined without the header. A header that is not a valid list of entity tags matches nothing. */
function readEntityTags(header: string | undefined): EntityTags | undefined {
  if (header === undefined) return undefined
  if (header.trim() === '*') return '*'
  return LIST.test(header) ? (header.match(new RegExp(ENTITY_TAG, 'g')) ?? []) : []
}
