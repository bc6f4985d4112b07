/**
 * Lists that were read before. Reading all columns of the events and parsing them takes three times as long as finding the
 * events. So when a list comes again, only ids and tags are read. If they are the same, the events are the known ones. The
 * database gives the tags each time, so a change by another copy of the service is seen too.
 */
import type { CalendarEvent } from '../calendar/event'
import type { EventRow } from './schema'

/** What shows whether an event has changed: its tag is new after every change. */
export type VersionRow = Pick<EventRow, 'id' | 'etag'>

export interface KnownPage<Page> {
  page: Page
  /** What the database said when it was made: the ids and tags of its rows, in their order. */
  versions: string
  /** About how much memory it takes, in characters. */
  size: number
}

/** In characters, for all pages together. */
const MOST_KEPT = 2_000_000

/** So many names of lists that were read once are remembered. */
const MOST_READ_ONCE = 1_000

/** A page of more characters would leave too little for others. */
const LONGEST_PAGE = MOST_KEPT / 5

/** What an event takes besides its texts, in characters. */
const BARE_EVENT = 500

/** The pages of one database that were read more than once, the one that was used last at the end. */
export class KnownPages<Page> {
  private readonly pages = new Map<string, KnownPage<Page>>()
  private readonly readOnce = new Set<string>()
  private size = 0

  /** @param name what was asked for */
  find(name: string): KnownPage<Page> | undefined {
    const known = this.pages.get(name)
    if (!known) return undefined
    this.pages.delete(name)
    this.pages.set(name, known)
    return known
  }

  /** @param events on the page. They decide how much memory it takes */
  keep(name: string, versions: string, page: Page, events: CalendarEvent[]): void {
    // Many lists begin now, and never come again.
    if (this.isNew(name)) return
    this.forget(name)
    const size = name.length + events.reduce((sum, event) => sum + sizeOf(event), 0)
    if (size > LONGEST_PAGE) return
    this.pages.set(name, { page, versions, size })
    this.size += size
    for (const oldest of this.pages.keys()) {
      if (this.size <= MOST_KEPT) break
      this.forget(oldest)
    }
  }

  private isNew(name: string): boolean {
    const isNew = !this.readOnce.has(name)
    if (isNew && this.readOnce.size >= MOST_READ_ONCE) this.readOnce.clear()
    this.readOnce.add(name)
    return isNew
  }

  private forget(name: string): void {
    this.size -= this.pages.get(name)?.size ?? 0
    this.pages.delete(name)
  }
}

export function versionsOf(rows: VersionRow[]): string {
  let versions = ''
  for (const { id, etag } of rows) versions += id + etag
  return versions
}

/** What has no text of its own is small, but for attendees and properties. */
function sizeOf({
  summary = '',
  description = '',
  location = '',
  attendees,
  extendedProperties,
}: CalendarEvent): number {
  const lists = (attendees?.length ?? 0) + (extendedProperties ? 10 : 0)
  return BARE_EVENT + summary.length + description.length + location.length + lists * 100
}

/** The known pages of each database, because tests have several in one process. */
export function knownPagesByDatabase<Page>(): (db: object) => KnownPages<Page> {
  const all = new WeakMap<object, KnownPages<Page>>()
  return db => {
    const pages = all.get(db) ?? new KnownPages<Page>()
    all.set(db, pages)
    return pages
  }
}
