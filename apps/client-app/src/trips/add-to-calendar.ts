/**
 * Adds a trip's items to the calendar, each once: the id of an item's event is chosen before the event is created, and only
 * one request at a time may add an item. A double click, a second tab or a retry after a lost answer finds the same event.
 */
import { randomUUID } from 'node:crypto'
import { changeEvent, createEvent, getEvent } from '../calendar/calendar-client'
import { CalendarTrouble, unlessGone } from '../calendar/calendar-trouble'
import type { CalendarEvent } from '../calendar/event'
import type { Context } from '../context'
import * as trips from '../store/trips'
import { eventOf } from './trip'

/** `new`: not in the calendar · `changed`: in the calendar, but the plan has changed since · `there`: in the calendar */
export type ItemState = 'new' | 'changed' | 'there'

export interface Brought {
  added: number
  changed: number
}

/** A claim lasts longer than its calls, each of which may include a refresh and a second attempt. */
const CALLS_IN_A_CLAIM = 6

export function stateOfItem(item: trips.TripItemRow): ItemState {
  if (!item.event_id || !item.event_content) return 'new'
  return item.event_content === contentOf(item) ? 'there' : 'changed'
}

/** What is sent to the calendar about an item, as text, so that a later change can be detected. */
export function contentOf(item: trips.ItemContent): string {
  return JSON.stringify(eventOf(item))
}

/** A new event id. The calendar accepts hexadecimal digits. */
export function newEventId(): string {
  return randomUUID().replaceAll('-', '')
}

/**
 * The items whose events were deleted from the calendar. `items` must be read before `events`, otherwise an event that was
 * added in between looks deleted.
 */
export async function deletedOf(
  context: Context,
  userId: string,
  items: trips.TripItemRow[],
  events: CalendarEvent[],
): Promise<trips.TripItemRow[]> {
  const present = new Set(events.map(event => event.id))
  const deleted: trips.TripItemRow[] = []
  for (const item of items) {
    if (!item.event_id || !item.event_content || present.has(item.event_id)) continue
    // The event may only have been moved to other days.
    const there = await getEvent(context, userId, item.event_id).catch(unlessGone)
    if (!there) deleted.push(item)
  }
  return deleted
}

/**
 * Adds the given items to the calendar, one after the other. Stops at the first that fails; the items before it stay, and
 * the next attempt continues from there.
 * @throws what the calendar client throws
 */
export async function bringToCalendar(context: Context, userId: string, items: trips.TripItemRow[]): Promise<Brought> {
  const brought = { added: 0, changed: 0 }
  for (const { id } of items) {
    const now = context.clock()
    const until = now + CALLS_IN_A_CLAIM * context.config.httpTimeoutMs
    const item = await trips.claimItem(context.db, id, newEventId(), now, until)
    if (!item?.event_id) continue
    try {
      // Read only now, while holding the claim: the previous holder may have done everything.
      const state = stateOfItem(item)
      if (state !== 'there') brought[await bring(context, userId, item, item.event_id, state)] += 1
    } finally {
      await trips.releaseItem(context.db, id)
    }
  }
  return brought
}

async function bring(
  context: Context,
  userId: string,
  item: trips.TripItemRow,
  eventId: string,
  state: 'new' | 'changed',
): Promise<keyof Brought> {
  const changed =
    state === 'changed' && (await changeEvent(context, userId, eventId, eventOf(item)).catch(unlessGone)) !== undefined
  const id = state === 'changed' && !changed ? newEventId() : eventId
  if (!changed) await createEvent(context, userId, id, eventOf(item)).catch(existing)
  await trips.putEvent(context.db, item.id, id, contentOf(item))
  return changed ? 'changed' : 'added'
}

/** For `.catch()`: the id is ours, so what exists is what an earlier attempt created. */
function existing(error: unknown): undefined {
  if (error instanceof CalendarTrouble && error.kind === 'exists') return undefined
  throw error
}
