/** Step 2, first half: the resource owner signs in. */
import { isOfAnotherSession } from '@glasshouse/shared/anti-forgery'
import { seconds } from '@glasshouse/shared/clock'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import { liftFormAction } from '@glasshouse/shared/security-headers'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Context } from '../context'
import { continueRequest, type RequestAndClient } from '../endpoints/authorization-response'
import { MAX_PASSWORD_LENGTH, verifyPassword } from '../passwords'
import { signedIn, signIn } from '../session'
import * as authorizationRequests from '../store/authorization-requests'
import type { ResourceOwner } from '../store/users'
import * as users from '../store/users'
import { isDeveloperPage, pathOfNext } from './next-page'
import { findPendingRequest, showRequest, textField, textParameter } from './pending-request'

export function loginPage(context: Context): Router {
  const router = Router()

  router.get('/', async (request, response) => {
    const about = await requestAndClient(context, request, textParameter(request, 'request'))
    const mustSignInAgain = about?.pending.prompt.login && about.pending.signedInAt === undefined
    // A signed-in user can get here with the back button, and does not need to sign in again.
    if (!mustSignInAgain && (await signedIn(context, request))) {
      if (about) return continueRequest(context, request, response, about)
      return response.redirect(303, pathOfNext(textParameter(request, 'next')))
    }
    showForm(context, response, about, { next: textParameter(request, 'next') })
  })

  router.post('/', async (request, response) => {
    const about = await requestAndClient(context, request, textField(request, 'request'))
    const username = textField(request, 'username').trim().toLowerCase()
    const password = textField(request, 'password')
    const next = textField(request, 'next')

    if (!username || !password) {
      logRefusal(context.log, response, 'sign-in', 'the username or the password is empty')
      return showForm(context, response.status(400), about, {
        username,
        next,
        problem: 'Enter your username and your password.',
      })
    }
    const attempt = await context.signInLimit.attempt(username, request.ip ?? 'unknown', () =>
      checkPassword(context, username, password),
    )
    if (attempt.outcome === 'limited') {
      logRefusal(context.log, response, 'sign-in', 'too many wrong passwords for this account or from this address')
      response.status(429).set('Retry-After', String(attempt.retryAfter))
      const problem = `Too many wrong passwords. To protect the account, signing in is paused. Try again in ${inWords(attempt.retryAfter)}.`
      return showForm(context, response, about, { username, next, problem })
    }
    if (attempt.outcome === 'wrong') {
      logRefusal(context.log, response, 'sign-in', 'wrong username or password')
      // The message is the same for an unknown username, so that it does not reveal who has an account.
      const problem = 'The username or the password is wrong. Check both and try again.'
      return showForm(context, response.status(401), about, { username, next, problem })
    }

    await signIn(request, attempt.value.id)
    if (!about) return response.redirect(303, pathOfNext(next))
    const now = seconds(context.clock)
    await authorizationRequests.markSignedIn(context.db, about.pending.id, now)
    await continueRequest(context, request, response, { ...about, pending: { ...about.pending, signedInAt: now } })
  })

  return router
}

/**
 * For a sign-in form in a second tab. Signing in in the first tab renewed the session, so the second form has the old
 * anti-forgery field. The user is already signed in, so only the request that the form is about is read from it.
 */
export function signedInElsewhere(context: Context): RequestHandler {
  return async (request, response, next) => {
    if (!isOfAnotherSession(request) || !(await signedIn(context, request))) return next()
    const id = textField(request, 'request')
    response.redirect(303, id ? `/login?request=${encodeURIComponent(id)}` : pathOfNext(textField(request, 'next')))
  }
}

/** @returns undefined if the page was opened without a request; signing in then leads to another page of this server */
async function requestAndClient(context: Context, request: Request, id: string): Promise<RequestAndClient | undefined> {
  return id ? findPendingRequest(context, request, id) : undefined
}

async function checkPassword({ db }: Context, username: string, password: string): Promise<ResourceOwner | undefined> {
  if (password.length > MAX_PASSWORD_LENGTH) return undefined
  const found = await users.findByUsername(db, username)
  return (await verifyPassword(found?.passwordHash, password)) ? found?.resourceOwner : undefined
}

function showForm(
  { config }: Context,
  response: Response,
  about: RequestAndClient | undefined,
  form: { username?: string; next?: string; problem?: string },
): void {
  if (about) showRequest(response, about, config.issuer)
  // If the user has already given consent, this form is answered with a redirect to the client's redirect URI.
  liftFormAction(response)
  response.render('login', {
    clientName: about?.client.name,
    requestId: about?.pending.id,
    username: form.username ?? '',
    next: isDeveloperPage(form.next ?? '') ? form.next : '',
    problem: form.problem,
    demo: config.demo,
  })
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}
