/**
 * The calendar as the tools use it: the same validation and the same queries as `endpoints/events.ts`, for one user. Only this
 * file of the folder knows the store.
 */
import { busyTimes, type Interval } from '../calendar/busy'
import type { CalendarEvent } from '../calendar/event'
import { isEventId, mergeEvent, readEvent } from '../calendar/event-input'
import { formatPageToken, readListQuery } from '../calendar/list-query'
import { parseInstanceId } from '../calendar/recurrence/instance'
import { instantOfTime } from '../calendar/time'
import type { Context } from '../context'
import { preconditionFailed } from '../entity-tags'
import { invalid, Problem } from '../problem'
import * as calendars from '../store/calendars'
import { inOneChange } from '../store/changes'
import * as events from '../store/events'
import { type Found, findAny, removeFound, replaceFound } from '../store/instances'
import { listSingleEvents } from '../store/single-events'

export interface EventsPage {
  items: CalendarEvent[]
  /** How many more events there are. At most `COUNTED`: then there may be more than that. */
  more: number
  nextPageToken: string | undefined
}

/** Further events are counted up to here. */
export const COUNTED = 200
/** Free time is found among at most this many events. */
const MOST_BUSY = 2500
const DAY_MS = 86_400_000

/** Each method throws a Problem, with the words of the API, if the request is refused. */
export class AgentCalendar {
  /** @param clientId the agent, which becomes part of the creator of its events */
  constructor(
    private readonly context: Pick<Context, 'db' | 'clock'>,
    private readonly owner: string,
    private readonly clientId: string,
  ) {}

  /**
   * Events by start, each event of a series by itself.
   * @param parameters those of `GET /calendar/events`
   */
  async list(parameters: Record<string, string>, atMost: number): Promise<EventsPage> {
    const { db, clock } = this.context
    const query = readListQuery(
      new URLSearchParams({ ...parameters, singleEvents: 'true', orderBy: 'startTime' }),
      this.owner,
    )
    const page = await listSingleEvents(db, this.owner, { ...query, maxResults: atMost + COUNTED }, clock())
    const items = page.items.slice(0, atMost)
    const more = page.items.length - items.length
    const last = items.at(-1)
    const end = more > 0 && last && { at: instantOfTime(last.start), id: last.id }
    return { items, more, nextPageToken: end ? formatPageToken(this.owner, query, end) : undefined }
  }

  /** @returns the IANA name of the zone of the user's primary calendar */
  async timeZone(): Promise<string> {
    const primary = await calendars.find(this.context.db, this.owner, this.owner)
    return primary?.about.timeZone ?? 'UTC'
  }

  /**
   * When the user is busy, in all of their calendars.
   * @param window times as clients send them
   * @param zone where whole days begin and end
   */
  async busy(window: { timeMin: string; timeMax: string }, zone: string): Promise<Interval[]> {
    const query = readListQuery(
      new URLSearchParams({ ...window, singleEvents: 'true', orderBy: 'startTime' }),
      this.owner,
    )
    const within = { start: query.timeMin ?? 0, end: query.timeMax ?? 0 }
    // Whole days are stored as days in UTC, and a day elsewhere begins up to 14 hours earlier or 12 hours later.
    const wider = { ...query, timeMin: within.start - DAY_MS, timeMax: within.end + DAY_MS, maxResults: MOST_BUSY }
    const found: CalendarEvent[] = []
    for (const { id } of await calendars.listOf(this.context.db, this.owner)) {
      const page = await listSingleEvents(this.context.db, id, wider, this.context.clock())
      found.push(...page.items)
      if (page.next || found.length > MOST_BUSY) {
        throw invalid({ parameter: 'timeMax' }, `leaves more than ${MOST_BUSY} events. Ask for a shorter time`)
      }
    }
    return busyTimes(found, within, zone)
  }

  async read(id: string): Promise<CalendarEvent> {
    return (await this.find(id)).event
  }

  /** @param sent as for `POST /calendar/events` */
  async create(sent: unknown): Promise<CalendarEvent> {
    const { db, clock } = this.context
    const { id = events.createEventId(), ...draft } = readEvent(sent)
    if (parseInstanceId(id)) throw invalid({ pointer: '#/id' }, 'must not be that of a single event of a series')
    const made = { ...draft, creator: { id: this.owner, clientId: this.clientId } }
    const created = await inOneChange(db, this.owner, (tx, change) =>
      events.add(tx, this.owner, id, made, clock(), change),
    )
    if (created) return created
    throw new Problem(409, 'An event with this id already exists. Choose another id, or omit it.', {
      check: 'event.id',
    })
  }

  /**
   * @param patch as for `PATCH /calendar/events/:id`
   * @param etag the version that the change is for; undefined for any
   */
  async change(id: string, patch: Record<string, unknown>, etag: string | undefined): Promise<CalendarEvent> {
    return this.attempt(id, etag, found => {
      const { id: _same, ...draft } = readEvent(mergeEvent(found.event, patch))
      if (found.event.recurringEventId !== undefined && draft.content.recurrence) {
        throw invalid({ pointer: '#/recurrence' }, 'must be empty for a single event of a series')
      }
      return replaceFound(this.context.db, this.owner, found, draft, this.context.clock())
    })
  }

  /** @returns the event as it was. @param etag see `change` */
  async remove(id: string, etag: string | undefined): Promise<CalendarEvent> {
    return this.attempt(id, etag, async found => {
      const removed = await removeFound(this.context.db, this.owner, found, this.context.clock())
      return removed ? found.event : undefined
    })
  }

  /** Reads, checks and writes, and begins again if the event has changed in between (see `endpoints/events.ts`). */
  private async attempt(
    id: string,
    etag: string | undefined,
    write: (found: Found) => Promise<CalendarEvent | undefined>,
  ): Promise<CalendarEvent> {
    for (;;) {
      const found = await this.find(id)
      if (etag !== undefined && etag !== found.event.etag) throw preconditionFailed('ifMatch')
      const written = await write(found)
      if (written) return written
    }
  }

  private async find(id: string): Promise<Found> {
    const found = isEventId(id) ? await findAny(this.context.db, this.owner, id) : undefined
    if (found) return found
    throw new Problem(404, 'This calendar has no event with this id. Use an id from list_events.', {
      check: 'event.id',
    })
  }
}
