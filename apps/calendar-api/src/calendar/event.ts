/**
 * What an event is, and how it is sent to a client. Names and meanings are those of the Events resource of the Google
 * Calendar API v3. `event-input.ts` reads what a client sends.
 */

import type { EventDetails } from '../description/event-details'
import { details } from '../description/event-details'
import type { SentEvent } from '../description/sent-event'
import { formatICalUid } from './ical-uid'
import type { EventTime } from './time'

export type { EventDetails }

export type EventStatus = NonNullable<SentEvent['status']>

/** The part of an event that a client can set. */
export interface EventContent extends Omit<SentEvent, 'id' | 'status' | 'start' | 'end'> {
  /** A cancelled event can still be read by its id, but lists leave it out. */
  status: EventStatus
  start: EventTime
  /** Exclusive: an event that ends at noon is over at noon, and the last day of one that ends on the 5th is the 4th. */
  end: EventTime
}

/** Who made an event: an app, on behalf of a user. */
export interface Creator {
  /** The user: the `sub` of the access token. */
  id: string
  /** The client that got the token. undefined for events that are there from the beginning. */
  clientId?: string | undefined
}

/** A stored event. */
export interface CalendarEvent extends EventContent {
  id: string
  /** A strong entity tag (RFC 9110 §8.8.3), including the quotes. It is new after every change. */
  etag: string
  /** Milliseconds since 1970. */
  created: number
  updated: number
  /** undefined for an event from before creators were recorded. */
  creator?: Creator | undefined
  /** The name that the event has in iCalendar files, if it came from one. Otherwise it follows from the id. */
  icalUid?: string | undefined
  /** For an event as it came from a file: when that version was made, in milliseconds since 1970. */
  fileVersion?: number | undefined
  /** RFC 5545 §3.8.7.4: how often its times, its rule or its status changed. */
  sequence: number
  /** For a single event of a series: the series, and the start that the event has by its rule, even if it was moved. */
  recurringEventId?: string | undefined
  originalStartTime?: EventTime | undefined
}

/** When an event takes place, or all of a series, in milliseconds since 1970. Whole days are days in UTC, so that all events have one order. */
export interface Span {
  startAt: number
  endAt: number
}

/** @returns the event as the API sends it. JSON omits members that are undefined */
export function formatEvent(event: CalendarEvent) {
  const { id, etag, status, created, updated, creator, sequence, icalUid, fileVersion, ...content } = event
  const createdAt = new Date(created).toISOString()
  return {
    id,
    etag,
    status,
    created: createdAt,
    updated: updated === created ? createdAt : new Date(updated).toISOString(), // most events never change
    // Google's `self`: the creator is the user whose calendar this is. So far, nobody else can add events.
    creator: creator && { id: creator.id, self: true, clientId: creator.clientId },
    iCalUID: formatICalUid(event),
    sequence,
    eventType: 'default',
    ...content,
  }
}

/** @returns what is left of an event that no longer exists */
export function formatDeleted(id: string) {
  return { id, status: 'cancelled' }
}

/** @returns the sequence number of a changed event (RFC 5546 §2.1.4) */
export function nextSequence({ sequence, ...before }: CalendarEvent, after: EventContent): number {
  const scheduled = ({ start, end, recurrence, status }: EventContent) =>
    JSON.stringify([start, end, recurrence, status])
  return scheduled(before) === scheduled(after) ? sequence : sequence + 1
}

/** Removes differences in width and case, so that both databases compare text in the same way. */
export function normaliseForSearch(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** The text in which `q` is searched. */
export function searchableText({ summary, description, location, attendees = [] }: EventContent): string {
  const people = attendees.flatMap(({ displayName, email }) => [displayName, email])
  return normaliseForSearch([summary, description, location, ...people].filter(Boolean).join('\n'))
}

/** @returns the members that are kept together. Those without a value are left out */
export function detailsOf(content: EventContent): EventDetails {
  const present = DETAILS.filter(name => content[name] !== undefined)
  return Object.fromEntries(present.map(name => [name, content[name]]))
}

const DETAILS = Object.keys(details) as (keyof EventDetails)[]
