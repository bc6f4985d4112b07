/** How the endpoints find the event in the address, and write it only as it was found. */
import type { Request } from 'express'
import { isEventId } from '../calendar/event-input'
import { preconditionFailed, readPreconditions, unmet } from '../entity-tags'
import { Problem } from '../problem'
import { type Found, findAny } from '../store/instances'
import type { Database } from '../store/schema'

/**
 * Reads an event, checks the conditions of the request, and writes. If the event changes in between, it is read again. That
 * ends, because each repetition means that another request has succeeded.
 * @param calendar its id
 * @param write returns undefined if the event has changed since it was read
 */
export async function attempt<T>(
  db: Database,
  request: Request,
  calendar: string,
  write: (found: Found) => Promise<T | undefined>,
): Promise<T> {
  const id = idOf(request)
  const preconditions = readPreconditions(request.headers)
  for (;;) {
    const found = await findAny(db, calendar, id)
    if (!found) throw noSuchEvent()
    const failed = unmet(preconditions, found.event.etag)
    if (failed) throw preconditionFailed(failed)
    const written = await write(found)
    if (written !== undefined) return written
  }
}

/** @throws Problem 404 if no event can have this id */
export function idOf({ params }: Request): string {
  if (!isEventId(params.id)) throw noSuchEvent()
  return params.id
}

/** The answer is the same whether the event never existed or belongs to another user. */
export function noSuchEvent(): Problem {
  return new Problem(404, 'This calendar has no event with this id.', { check: 'event.id' })
}
