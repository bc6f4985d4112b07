/** The content of a browser session. Users do not sign in to Tripmate: the session identifies the user. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@glasshouse/shared/clock'
import 'express-session'
import type { Request, RequestHandler } from 'express'

/** A form that could not be processed because the calendar had to be connected first. It is shown again afterwards. */
export interface Draft {
  /** The path of the form's page. */
  page: string
  /** What to call it, in a sentence: "the event “Dinner”". */
  name: string
  fields: Record<string, string>
}

/** Shown once, on the next page. */
export interface Notice {
  kind: 'success' | 'info' | 'warning' | 'error'
  text: string
  /** A link to the next step. */
  next?: { href: string; label: string }
}

declare module 'express-session' {
  interface SessionData {
    userId: string
    draft: Draft
    notice: Notice
    /** The IANA name of the browser's time zone. */
    timeZone: string
    /** The day on which the browser was last given the cookie: `YYYY-MM-DD` in UTC. */
    renewedOn: string
  }
}

/** The user of this session. Creates one if necessary. */
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
 * Gives the session a new id and keeps its content, so that an id which an attacker knew or set before (session fixation)
 * is useless once a calendar is connected.
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

/** The notice for this page. It is shown once. */
export function takeNotice(request: Request): Notice | undefined {
  const { notice } = request.session
  if (request.method !== 'HEAD') delete request.session.notice
  return notice
}

/** What the user typed into this page's form before the calendar had to be connected. It is returned once. */
export function takeDraft(request: Request, page: string): Record<string, string> | undefined {
  const { draft } = request.session
  if (draft?.page !== page) return undefined
  if (request.method !== 'HEAD') delete request.session.draft
  return draft.fields
}

/** @returns the value if it is a path on this site. Addresses of other hosts are not returned. */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\/[\w\-/]*$/.test(value) || value.startsWith('//')) return undefined
  return value
}
