/** Sends events as an iCalendar file. */
import type { Request, Response } from 'express'
import { type CalendarOptions, formatCalendar } from '../calendar/icalendar/write-calendar'
import type { Exported } from '../store/export'

/** RFC 5545 §8.1 */
export const CALENDAR_TYPE = 'text/calendar'

/** In pieces, so that a large calendar does not fill the memory, and other requests get their turn. */
export async function sendCalendar(
  request: Request,
  response: Response,
  { events, cancelled }: Exported,
  options: CalendarOptions,
): Promise<void> {
  response.type(`${CALENDAR_TYPE}; charset=utf-8`)
  if (request.method === 'HEAD') return void response.end()
  let piece = ''
  for (const part of formatCalendar(events, cancelled, options)) {
    piece += part
    if (piece.length < PIECE) continue
    if (!response.write(piece)) await drained(response)
    else await new Promise(setImmediate)
    if (response.destroyed) return
    piece = ''
  }
  response.end(piece)
}

/** In characters. */
const PIECE = 64 * 1024

function drained(response: Response): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
