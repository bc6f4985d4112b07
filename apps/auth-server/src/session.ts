/** The session: the user who is signed in, and an id for the browser. Pages declare their own session data. */
import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import 'express-session'
import type { Context } from './context'
import type { ResourceOwner } from './store/users'
import * as users from './store/users'

declare module 'express-session' {
  interface SessionData {
    /** The user who is signed in. */
    userId: string
    /** A random id for this browser. An authorization request can be answered only in the browser that sent it. */
    browser: string
  }
}

/** The user who is signed in, or undefined. */
export async function signedIn({ db }: Context, request: Request): Promise<ResourceOwner | undefined> {
  const { userId } = request.session
  return userId ? users.find(db, userId) : undefined
}

/**
 * This browser's id, which is created if the browser is new. Whoever is signed in has one already: of two tabs that are
 * opened at once, each would create its own.
 */
export function browserOf(request: Request): string {
  request.session.browser ??= randomUUID()
  return request.session.browser
}

/** Whether the request came without a session. */
export function isNewBrowser({ session }: Request): boolean {
  return session.browser === undefined && session.userId === undefined
}

/** Signs in with a new session id, so that an attacker who knew the old id gains nothing (session fixation). */
export async function signIn(request: Request, userId: string): Promise<void> {
  const browser = browserOf(request)
  await renew(request)
  request.session.userId = userId
  request.session.browser = browser
  await save(request)
}

export async function signOut(request: Request): Promise<void> {
  await renew(request)
}

/** Signs out but keeps the browser's id, so that its pending authorization requests can be answered by another user. */
export async function makeRoomForAnother(request: Request): Promise<void> {
  const browser = browserOf(request)
  await renew(request)
  request.session.browser = browser
  await save(request)
}

function renew(request: Request): Promise<void> {
  return new Promise((resolve, reject) => request.session.regenerate(error => (error ? reject(error) : resolve())))
}

/** Call before a redirect, because the browser may follow the redirect before the session is stored. */
export function save(request: Request): Promise<void> {
  return new Promise((resolve, reject) => request.session.save(error => (error ? reject(error) : resolve())))
}
