/** What a browser session holds. Tripmate asks nobody to sign in: who holds the session is the user. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@glasshouse/shared/clock'
import 'express-session'
import type { Request, RequestHandler } from 'express'

/** A form that could not be sent because the calendar had to be connected first: it is offered again afterwards. */
export interface Draft {
  /** Our page that the form stands on. */
  page: string
  /** What to call it, in a sentence: "the event “Dinner”". */
  name: string
  fields: Record<string, string>
}

/** Said once, on the next page. */
export interface Notice {
  kind: 'success' | 'info' | 'warning' | 'error'
  text: string
  /** Where to go from there. */
  next?: { href: string; label: string }
}

declare module 'express-session' {
  interface SessionData {
    userId: string
    draft: Draft
    notice: Notice
    /** The IANA name of the zone this browser is in. */
    timeZone: string
    /** The day on which the browser was last given the cookie: `YYYY-MM-DD` in UTC. */
    renewedOn: string
  }
}

/** The user of this session. Starts one when there is none yet. */
export function userOf(request: Request): string {
  request.session.userId ??= randomUUID()
  return request.session.userId
}

/**
 * Keeps a cookie that is in use from expiring: once a day the session changes, and with a changed session the browser gets
 * its cookie again (express-session). Not with every answer: one that was slow would bring back an id from before
 * `renewSession`.
 */
export function renewCookie(clock: Clock): RequestHandler {
  return (request, _response, next) => {
    const today = new Date(clock()).toISOString().slice(0, 10)
    if (request.session.userId && request.session.renewedOn !== today) request.session.renewedOn = today
    next()
  }
}

/**
 * Gives the session a new id and takes along what belongs to its user: an id that somebody else knew or set before
 * (session fixation) is worth nothing once a calendar is connected.
 */
export async function renewSession(request: Request): Promise<void> {
  const { userId, draft, timeZone } = request.session
  await new Promise<void>((resolve, reject) => {
    request.session.regenerate(error => (error ? reject(error) : resolve()))
  })
  Object.assign(request.session, { userId, draft, timeZone })
}

export function say(request: Request, kind: Notice['kind'], text: string, next?: Notice['next']): void {
  request.session.notice = { kind, text, ...(next && { next }) }
}

/** The notice for this page. It is not said again. */
export function takeNotice(request: Request): Notice | undefined {
  const { notice } = request.session
  if (request.method !== 'HEAD') delete request.session.notice
  return notice
}

/** What was typed into this page's form before the calendar had to be connected. It is offered once. */
export function takeDraft(request: Request, page: string): Record<string, string> | undefined {
  const { draft } = request.session
  if (draft?.page !== page) return undefined
  if (request.method !== 'HEAD') delete request.session.draft
  return draft.fields
}

/** @returns the value if it is a path on this site and nothing else: no other host can be smuggled in */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\/[\w\-/]*$/.test(value) || value.startsWith('//')) return undefined
  return value
}
