/**
 * An event: the names and meanings are those of the Google Calendar API v3 Events resource, as far as interface.md lists
 * them. This file is what an event is and how it is answered; `event-input.ts` is how one is read.
 */
import type { EventTime } from './time'

export const STATUSES = ['confirmed', 'tentative', 'cancelled'] as const
export type EventStatus = (typeof STATUSES)[number]

/** What a client may say about an event. */
export interface EventContent {
  /** A cancelled event can still be read by its id; lists leave it out. */
  status: EventStatus
  summary: string | undefined
  description: string | undefined
  location: string | undefined
  start: EventTime
  /** Exclusive: an event that ends at noon is over at noon, one that ends on the 5th has the 4th as its last day. */
  end: EventTime
  /** How it repeats (RFC 5545 §3.8.5). Kept and given back; not expanded into single events. */
  recurrence: string[] | undefined
}

/** An event as it is kept. */
export interface CalendarEvent extends EventContent {
  id: string
  /** A strong entity tag (RFC 9110 §8.8.3), quotes included: another one after every change. */
  etag: string
  /** Milliseconds since 1970. */
  created: number
  updated: number
}

/** When an event takes place, in milliseconds since 1970. Whole days are taken in UTC: there is one order for all. */
export interface Span {
  startAt: number
  endAt: number
}

/** @returns the event as the API answers it; JSON leaves out what was never said */
export function formatEvent({ id, etag, status, created, updated, ...content }: CalendarEvent) {
  return {
    id,
    etag,
    status,
    created: new Date(created).toISOString(),
    updated: new Date(updated).toISOString(),
    ...content,
  }
}

/** Letters of whatever width and case, brought to one form, so that both databases compare them alike. */
export function normaliseForSearch(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** What `q` is looked for in. */
export function searchableText({ summary, description, location }: EventContent): string {
  return normaliseForSearch([summary, description, location].filter(Boolean).join('\n'))
}
