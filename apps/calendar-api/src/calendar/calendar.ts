/**
 * What a calendar is, and how it is sent to a client. Names and meanings are those of the Calendars and the CalendarList
 * resources of the Google Calendar API v3. `calendar-input.ts` reads what a client sends.
 */
import { COLORS } from './colors'

/** What a calendar is called, and so on. */
export interface About {
  summary: string
  description?: string | undefined
  location?: string | undefined
  /** An IANA name. Whole days begin and end in this zone. */
  timeZone: string
}

/** How its owner's list of calendars shows it. */
export interface Entry {
  summaryOverride?: string | undefined
  colorId: string
  /** In place of the colours of `colorId`. */
  backgroundColor?: string | undefined
  foregroundColor?: string | undefined
  hidden: boolean
  selected: boolean
  /** Whether it was removed from the list. The calendar itself stays. */
  removed: boolean
}

export interface Calendar {
  /** Of a primary calendar: the id of its owner. */
  id: string
  owner: string
  about: About
  entry: Entry
  /** A strong entity tag, including the quotes. It is new after every change of `about` or `entry`. */
  etag: string
  /** The number of the last change of its events. */
  lastChange: number
}

/** A calendar has these values until somebody changes them. */
export const NEW_ABOUT: About = { summary: 'My calendar', timeZone: 'UTC' }
export const NEW_ENTRY: Entry = { colorId: '16', hidden: false, selected: true, removed: false }

/** Every user has a primary calendar, as soon as somebody looks for it. */
export function primaryOf(owner: string): Calendar {
  return { id: owner, owner, about: NEW_ABOUT, entry: NEW_ENTRY, etag: '"0"', lastChange: 0 }
}

export function isPrimary({ id, owner }: Calendar): boolean {
  return id === owner
}

/** @returns the calendar as the API sends it. JSON omits members that are undefined */
export function formatCalendar({ id, etag, about }: Calendar) {
  return { kind: 'calendar#calendar', etag, id, ...about }
}

/** @returns the entry in the list of calendars as the API sends it */
export function formatEntry(calendar: Calendar) {
  const { id, etag, about, entry } = calendar
  const { removed: _, colorId, ...shown } = entry
  const { background, foreground } = COLORS.calendar[colorId] ?? COLORS.calendar[NEW_ENTRY.colorId] ?? {}
  return {
    kind: 'calendar#calendarListEntry',
    etag,
    id,
    ...about,
    colorId,
    backgroundColor: background,
    foregroundColor: foreground,
    ...shown,
    accessRole: 'owner',
    defaultReminders: [],
    ...(isPrimary(calendar) && { primary: true }),
  }
}
