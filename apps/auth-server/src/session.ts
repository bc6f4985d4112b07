/** Who signed in with a browser, and a name for the browser itself; pages declare what else they keep, beside their code. */
import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import 'express-session'
import type { Context } from './context'
import type { ResourceOwner } from './store/users'
import * as users from './store/users'

declare module 'express-session' {
  interface SessionData {
    /** The person who is signed in. */
    userId: string
    /** A random name for this browser, so that nobody can have another browser answer their authorization request. */
    browser: string
  }
}

/** The person who is signed in, or undefined. */
export async function signedIn({ db }: Context, request: Request): Promise<ResourceOwner | undefined> {
  const { userId } = request.session
  return userId ? users.find(db, userId) : undefined
}

/** This browser's name; a new browser gets one. */
export function browserOf(request: Request): string {
  request.session.browser ??= randomUUID()
  return request.session.browser
}

/** Whether the request brought no session. */
export function isNewBrowser({ session }: Request): boolean {
  return session.browser === undefined && session.userId === undefined
}

/** Renews the session's id at sign-in, so that an id known before is worth nothing after (session fixation). */
export async function signIn(request: Request, userId: string): Promise<void> {
  const { browser } = request.session
  await renew(request)
  request.session.userId = userId
  if (browser) request.session.browser = browser
  await save(request)
}

export async function signOut(request: Request): Promise<void> {
  await renew(request)
}

/** Signs out, and leaves the browser its name: the authorization requests that it has made wait for somebody else. */
export async function makeRoomForAnother(request: Request): Promise<void> {
  const { browser } = request.session
  await renew(request)
  if (browser) request.session.browser = browser
  await save(request)
}

function renew(request: Request): Promise<void> {
  return new Promise((resolve, reject) => request.session.regenerate(error => (error ? reject(error) : resolve())))
}

/** Before a redirect: the browser may follow it faster than the session is written. */
export function save(request: Request): Promise<void> {
  return new Promise((resolve, reject) => request.session.save(error => (error ? reject(error) : resolve())))
}
