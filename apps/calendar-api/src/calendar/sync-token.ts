/** The token with which a client asks what has changed since its last list (Google Calendar API v3, syncToken). */
import { createHash } from 'node:crypto'
import { invalid, Problem } from '../problem'
import { isEventId } from './event-id'

const DAY_MS = 86_400_000
/** After this time, a client has to get the whole list again. */
const VALID_DAYS = 90
const VALID_MS = VALID_DAYS * DAY_MS
/**
 * How long a deleted event is remembered, in milliseconds: until no token is left from before. A token knows the changes at
 * the time of a list's first page, but is issued with the last page. The day more is for a client that takes long in between.
 */
export const REMEMBERED_MS = VALID_MS + DAY_MS
/** Google's list, and `singleEvents`: the series are synchronised. */
const FORBIDDEN = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
]

/** A place in the changes of an owner. */
export interface SyncPosition {
  change: number
  /** Of the last event with this change; empty for none of them, or all. */
  id: string
}

/** @param change everything up to it is known to the client. @param now milliseconds since 1970 */
export function formatSyncToken(owner: string, change: number, now: number): string {
  return encode(['sync', nameOf(owner), change, now])
}

/** @returns the `nextPageToken` within a list of changes */
export function formatSyncPageToken(owner: string, syncToken: string, { change, id }: SyncPosition): string {
  return encode(['page', nameOf(owner + syncToken), change, id])
}

/**
 * @param last the number of the owner's last change
 * @returns where to go on
 * @throws Problem 400 for a parameter that is not allowed beside it, 410 if the client has to get the whole list again
 */
export function readSyncToken(
  parameters: URLSearchParams,
  owner: string,
  now: number,
  last: number,
): { token: string; from: SyncPosition } {
  const [token = '', another] = parameters.getAll('syncToken')
  if (another !== undefined) throw invalid({ parameter: 'syncToken' }, 'must not be repeated')
  for (const name of FORBIDDEN) {
    if (parameters.has(name)) throw invalid({ parameter: name }, 'is not possible together with syncToken')
  }
  if (parameters.get('showDeleted') === 'false') {
    throw invalid({ parameter: 'showDeleted' }, 'must not be false together with syncToken')
  }
  if (parameters.get('singleEvents') === 'true') {
    throw invalid({ parameter: 'singleEvents' }, 'must not be true together with syncToken')
  }
  const [kind, list, change, issued] = decode(token)
  if (kind !== 'sync' || !isWholeNumber(change) || !isWholeNumber(issued)) {
    throw invalid({ parameter: 'syncToken' }, 'is not a sync token of this API. Use the nextSyncToken of a list')
  }
  if (list !== nameOf(owner) || change > last) throw gone('belongs to another calendar')
  if (issued + VALID_MS < now) throw gone(`is more than ${VALID_DAYS} days old`)
  const pageToken = parameters.get('pageToken')
  if (!pageToken) return { token, from: { change, id: LAST } }
  const [page, name, at, id] = decode(pageToken)
  if (page !== 'page' || name !== nameOf(owner + token) || !isWholeNumber(at) || !isEventId(id)) {
    throw invalid({ parameter: 'pageToken' }, 'belongs to another list. Repeat the syncToken of the previous page')
  }
  return { token, from: { change: at, id } }
}

/** @throws Problem 410 for a time from which not all deletions are known any longer */
export function checkUpdatedMin(updatedMin: number | undefined, now: number): void {
  if (updatedMin === undefined || updatedMin + VALID_MS >= now) return
  const detail = `is more than ${VALID_DAYS} days ago. Use a later time, or omit updatedMin to get the whole list`
  throw new Problem(410, `updatedMin ${detail}.`, { check: 'list', errors: [{ parameter: 'updatedMin', detail }] })
}

/** After every id: all events of the change are known. */
const LAST = '~'

function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function gone(reason: string): Problem {
  return new Problem(
    410,
    `The sync token ${reason}. Omit syncToken to get the whole list, then use its nextSyncToken.`,
    {
      check: 'list',
    },
  )
}

function nameOf(owner: string): string {
  return createHash('sha256').update(owner).digest('base64url').slice(0, 16)
}

function encode(content: unknown[]): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

function decode(token: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(content) ? content : []
  } catch {
    return []
  }
}
