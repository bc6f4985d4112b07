/** What a list may be asked for (Google Calendar API v3, Events: list), and the token that leads to its next page. */
import { createHash } from 'node:crypto'
import { invalid } from '../problem'
import { normaliseForSearch } from './event'
import { isEventId } from './event-input'
import { parseInstant } from './time'

export interface ListQuery {
  /** Events that end after this moment. In milliseconds since 1970, as is `timeMax`. */
  timeMin: number | undefined
  /** Events that start before this moment. */
  timeMax: number | undefined
  /** Each of these has to be found, in the form of `normaliseForSearch`. */
  terms: string[]
  /** By start, or by last change; then by id. */
  orderBy: OrderBy
  maxResults: number
  /** Where the page before ended. */
  after: Position | undefined
}

/** What has to stay the same from page to page. */
type Filters = Pick<ListQuery, 'timeMin' | 'timeMax' | 'terms' | 'orderBy'>

const ORDERS = ['startTime', 'updated'] as const
export type OrderBy = (typeof ORDERS)[number]

/** A place in the order: whatever is inserted or removed before it, what follows stays the same. */
export interface Position {
  /** Of the last event on the page: its start or its last change. */
  at: number
  id: string
}

/** Google's numbers. */
const MAX_RESULTS = { byDefault: 250, atMost: 2500 }
const LONGEST_Q = 256

/**
 * Parameters that are not read here are passed over, as Google does with those that it does not know: its clients send
 * `alt`, `fields`, `timeZone`, `showDeleted`, `prettyPrint` and more. Sorting by start asks for `singleEvents=true` there;
 * here it is the default and asks for nothing.
 * @param owner whose list it is: a page token of another's is none
 * @throws Problem 400 that names the first parameter that is wrong
 */
export function readListQuery(parameters: URLSearchParams, owner: string): ListQuery {
  const take = (name: string) => takeOne(parameters, name)
  const timeMin = readTime('timeMin', take('timeMin'))
  const timeMax = readTime('timeMax', take('timeMax'))
  if (timeMin !== undefined && timeMax !== undefined && timeMin >= timeMax) {
    throw invalid({ parameter: 'timeMax' }, 'has to be after timeMin')
  }
  if (!['true', 'false', undefined].includes(take('singleEvents'))) {
    throw invalid({ parameter: 'singleEvents' }, 'has to be true or false')
  }
  if (take('syncToken')) throw invalid({ parameter: 'syncToken' }, 'is not supported yet: ask for the whole list')
  const filters = { timeMin, timeMax, terms: readTerms(take('q')), orderBy: readOrder(take('orderBy')) }
  return {
    ...filters,
    maxResults: readMaxResults(take('maxResults')),
    after: readPageToken(take('pageToken'), owner, filters),
  }
}

/** @param last the last event of the page @returns the `nextPageToken` that continues the list after it */
export function formatPageToken(owner: string, query: ListQuery, last: Position): string {
  return Buffer.from(JSON.stringify([nameOf(owner, query), last.at, last.id])).toString('base64url')
}

function readPageToken(token: string | undefined, owner: string, filters: Filters): Position | undefined {
  if (!token) return undefined
  const [list, at, id] = decodePageToken(token)
  if (!Number.isSafeInteger(at) || !isEventId(id)) {
    throw invalid({ parameter: 'pageToken' }, 'is not one that this API gave out')
  }
  if (list !== nameOf(owner, filters)) {
    throw invalid({ parameter: 'pageToken' }, 'is of another list: send the parameters of the page before as well')
  }
  return { at: Number(at), id }
}

function decodePageToken(token: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(content) ? content : []
  } catch {
    return []
  }
}

/** One name for each owner and filters. */
function nameOf(owner: string, { timeMin, timeMax, terms, orderBy }: Filters): string {
  const text = JSON.stringify([owner, timeMin, timeMax, terms, orderBy])
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

function takeOne(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name)
  if (values.length > 1) throw invalid({ parameter: name }, 'is there more than once')
  return values[0]
}

function readTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const instant = parseInstant(text)
  if (instant !== undefined) return instant
  const hint = / \d\d:\d\d$/.test(text) ? ' (in a URL, + is written %2B)' : ''
  throw invalid({ parameter: name }, `has to be a time with an offset, such as 2027-03-28T00:00:00Z${hint}`)
}

function readTerms(q = ''): string[] {
  if (q.length > LONGEST_Q) throw invalid({ parameter: 'q' }, `is longer than ${LONGEST_Q} characters`)
  if (q.includes('\0')) throw invalid({ parameter: 'q' }, 'has a character that no event has')
  return normaliseForSearch(q).split(/\s+/).filter(Boolean)
}

/** Google: "The page size can never be larger than 2500", so asking for more is no mistake. */
function readMaxResults(text: string | undefined): number {
  if (text === undefined) return MAX_RESULTS.byDefault
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (number < 1) throw invalid({ parameter: 'maxResults' }, `has to be a whole number from 1 to ${MAX_RESULTS.atMost}`)
  return Math.min(number, MAX_RESULTS.atMost)
}

function readOrder(text: string | undefined): OrderBy {
  if (text === undefined) return 'startTime'
  const order = ORDERS.find(known => known === text)
  if (!order) throw invalid({ parameter: 'orderBy' }, `has to be ${ORDERS.join(' or ')}`)
  return order
}
