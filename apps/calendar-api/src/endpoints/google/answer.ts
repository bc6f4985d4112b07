/** What the endpoints for calendars have in common. */
import type { Request, Response } from 'express'
import { ownerOf } from '../../bearer-token'
import type { Calendar } from '../../calendar/calendar'
import { preconditionFailed, readPreconditions, unmet } from '../../entity-tags'
import type { Database } from '../../store/schema'
import { forThisUserOnly, sendJson } from '../answer'
import { calendarIn } from './door'

/** Answers a GET. RFC 9110 §13.1.2: 304 if the client already has this version. @throws Problem 412 */
export function answerRead(request: Request, response: Response, { etag }: Calendar, body: object): void {
  const failed = unmet(readPreconditions(request.headers), etag)
  if (failed === 'ifMatch') throw preconditionFailed(failed, 'calendar')
  if (failed) forThisUserOnly(response).status(304).set('ETag', etag).end()
  else answerWritten(response, { etag }, body)
}

export function answerWritten(response: Response, { etag }: Pick<Calendar, 'etag'>, body: object): void {
  sendJson(response.set('ETag', etag), body)
}

/**
 * Reads the calendar in the address, checks the conditions of the request, and writes. If the calendar changes in between, it
 * is read again. That ends, because each repetition means that another request has succeeded.
 * @param write returns undefined if the calendar has changed since it was read
 */
export async function attempt<T>(
  db: Database,
  request: Request,
  response: Response,
  write: (calendar: Calendar) => Promise<T | undefined>,
): Promise<T> {
  const preconditions = readPreconditions(request.headers)
  for (;;) {
    const calendar = await calendarIn(request, db, ownerOf(response))
    const failed = unmet(preconditions, calendar.etag)
    if (failed) throw preconditionFailed(failed, 'calendar')
    const written = await write(calendar)
    if (written !== undefined) return written
  }
}
