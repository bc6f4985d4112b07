/** The query parameters of a list (Google Calendar API v3, Events: list), and the token for its next page. */
import { createHash } from 'node:crypto'
import { listParameters } from '../description/list'
import { invalid } from '../problem'
import { normaliseForSearch } from './event'
import { isEventId } from './event-id'
import { parseICalUid } from './ical-uid'
import { parse } from './parse'

export interface ListQuery {
  /** Only events that end after this moment. In milliseconds since 1970, like `timeMax`. */
  timeMin: number | undefined
  /** Only events that start before this moment. */
  timeMax: number | undefined
  /** Only events that changed at this moment or later. */
  updatedMin: number | undefined
  /** Only the event or series with this id, and its changed single events. */
  uid: string | undefined
  /** Only events that contain all of these, in the form of `normaliseForSearch`. */
  terms: string[]
  /** Only events that have all of these, as `extended-properties.ts` names them. */
  properties: string[]
  /** By start or by last change, and then by id. */
  orderBy: OrderBy
  /** Each event of a series by itself, instead of the series. */
  singleEvents: boolean
  /** Cancelled events too. */
  showDeleted: boolean
  maxResults: number
  /** Where the previous page ended. */
  after: Position | undefined
  /** The owner's last change when the first page was read, if the last page is to end with a sync token. */
  known: number | undefined
}

/** The part of a query that leaves nothing out. */
export const NO_FILTERS = {
  timeMin: undefined,
  timeMax: undefined,
  updatedMin: undefined,
  uid: undefined,
  terms: [],
  properties: [],
  known: undefined,
}

/** What must stay the same from page to page. */
type Filters = Omit<ListQuery, 'maxResults' | 'after' | 'known'>

export type OrderBy = 'startTime' | 'updated'

/** A place in the order. Events that are added or deleted before it do not change what follows. */
export interface Position {
  /** The start or the last change of the last event on the page. */
  at: number
  id: string
}

const RESULTS_BY_DEFAULT = 250

/**
 * Other parameters are ignored, as Google ignores unknown ones: its clients send `alt`, `fields`, `timeZone`, `prettyPrint`
 * and more. A list without `orderBy` is sorted by start, or with `updatedMin` by last change. A series has the start of its
 * first event.
 * @param owner whose events they are. Another owner's page token is refused
 * @throws Problem 400 that names the first invalid parameter
 */
export function readListQuery(parameters: URLSearchParams, owner: string): ListQuery {
  const sent = parse(listParameters, valuesOf(parameters), ([name]) => ({ parameter: String(name) }))
  const { timeMin, timeMax, updatedMin, iCalUID, singleEvents = false, showDeleted = false } = sent
  if (timeMin !== undefined && timeMax !== undefined && timeMin >= timeMax) {
    throw invalid({ parameter: 'timeMax' }, 'must be after timeMin')
  }
  // Google's rule. A series has no single start.
  if (sent.orderBy === 'startTime' && !singleEvents) {
    throw invalid({ parameter: 'orderBy' }, 'can be startTime only with singleEvents=true')
  }
  const { privateExtendedProperty = [], sharedExtendedProperty = [] } = sent
  const filters = {
    timeMin,
    timeMax,
    updatedMin,
    uid: iCalUID === undefined ? undefined : parseICalUid(iCalUID),
    terms: termsOf(sent.q),
    properties: [...new Set([...privateExtendedProperty, ...sharedExtendedProperty])].sort(),
    orderBy: sent.orderBy ?? (updatedMin === undefined ? 'startTime' : 'updated'),
    singleEvents,
    showDeleted,
  }
  const { maxResults = RESULTS_BY_DEFAULT } = sent
  return { ...filters, maxResults, ...readPageToken(sent.pageToken, owner, filters) }
}

/**
 * The query of a list of the events of one series (Google Calendar API v3, Events: instances).
 * @param list whose page tokens are accepted
 */
export function readInstancesQuery(parameters: URLSearchParams, list: string): ListQuery {
  const known = ['timeMin', 'timeMax', 'showDeleted', 'maxResults', 'pageToken'].flatMap(name =>
    parameters.getAll(name).map(value => [name, value] as [string, string]),
  )
  return readListQuery(new URLSearchParams([...known, ['singleEvents', 'true']]), list)
}

/** @returns whether the list contains everything, so that its last page ends with a sync token */
export function isWholeList({ timeMin, timeMax, uid, terms, properties, orderBy, singleEvents }: ListQuery): boolean {
  const isFiltered = (timeMin ?? timeMax ?? uid) !== undefined || terms.length + properties.length > 0
  return !isFiltered && orderBy === 'startTime' && !singleEvents
}

/** @returns the `nextPageToken` for the events after `last`, the last event on this page */
export function formatPageToken(owner: string, query: ListQuery, last: Position): string {
  return Buffer.from(JSON.stringify([nameOf(owner, query), last.at, last.id, query.known])).toString('base64url')
}

function readPageToken(token: string | undefined, owner: string, filters: Filters): Pick<ListQuery, 'after' | 'known'> {
  if (!token) return { after: undefined, known: undefined }
  const [list, at, id, known] = decodePageToken(token)
  if (!Number.isSafeInteger(at) || !isEventId(id)) {
    throw invalid(
      { parameter: 'pageToken' },
      'is not a page token of this API. Use the nextPageToken of the previous page',
    )
  }
  if (list !== nameOf(owner, filters)) {
    throw invalid(
      { parameter: 'pageToken' },
      'belongs to another list. Repeat the other parameters of the previous page',
    )
  }
  return { after: { at: Number(at), id }, known: typeof known === 'number' ? known : undefined }
}

function decodePageToken(token: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(content) ? content : []
  } catch {
    return []
  }
}

/** A name for the list of this owner with these filters. */
function nameOf(owner: string, filters: Filters): string {
  const { timeMin, timeMax, updatedMin, uid, terms, properties, orderBy, singleEvents, showDeleted } = filters
  const text = JSON.stringify([
    owner,
    timeMin,
    timeMax,
    updatedMin,
    uid,
    terms,
    properties,
    orderBy,
    singleEvents,
    showDeleted,
  ])
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

/** @returns the parameters as the schema has them: lists and numbers are no longer text */
function valuesOf(parameters: URLSearchParams): Record<string, unknown> {
  const names = Object.keys(listParameters.shape).filter(name => parameters.has(name))
  return Object.fromEntries(names.map(name => [name, readValue(name, parameters.getAll(name))]))
}

function readValue(name: string, values: string[]): unknown {
  if (name.endsWith('ExtendedProperty')) return values
  if (values.length > 1) throw invalid({ parameter: name }, 'must not be repeated')
  return name === 'maxResults' && /^\d{1,9}$/.test(values[0] ?? '') ? Number(values[0]) : values[0]
}

function termsOf(q = ''): string[] {
  return normaliseForSearch(q).split(/\s+/).filter(Boolean)
}
