/**
 * The addresses at which events are reached. The seed's `/calendar/events` is the user's primary calendar; Google's
 * `/calendar/v3/calendars/{calendarId}/events` (`google/door.ts`) is any of them. The handlers are the same for both
 * (`events.ts`); a door says what differs.
 */
import type { Request, Response } from 'express'
import { type Calendar, primaryOf } from '../calendar/calendar'
import { type CalendarEvent, formatDeleted, formatEvent } from '../calendar/event'
import type { Config } from '../config'

/** A page of a list, with the tokens for what follows. */
export interface ListBody {
  items: object[]
  nextPageToken?: string
  nextSyncToken?: string
}

export interface Door {
  /** @returns the calendar that a request is about. @throws Problem 404 if the owner has no such calendar */
  calendarOf(request: Request, owner: string): Promise<Calendar>
  /** @returns an event as JSON */
  formatEvent(event: CalendarEvent): object
  /** @returns an event that is gone, in a list of changes */
  formatDeleted(id: string): object
  /** @returns a list as JSON */
  formatList(calendar: Calendar, list: ListBody): Promise<object>
  /** Sets the status of the answer to a create, and its headers. */
  created(response: Response, event: CalendarEvent): void
}

export function ownDoor({ resource }: Config): Door {
  return {
    calendarOf: async (_request, owner) => primaryOf(owner),
    formatEvent,
    formatDeleted,
    formatList: async (_calendar, list) => list,
    created(response, { id }) {
      response.status(201).location(`${resource}/calendar/events/${id}`)
    },
  }
}
