/**
 * Answers an authorization request (RFC 6749 §4.1.2) with a code or an error, after the user has signed in and decided.
 * `authorize.ts` and the pages both use it, so that all requests are answered in the same way.
 */
import { randomUUID } from 'node:crypto'
import { seconds } from '@glasshouse/shared/clock'
import { codeLifetime } from '@glasshouse/shared/lab/slow-motion'
import { inOneCommit } from '@glasshouse/shared/one-commit'
import { PageError } from '@glasshouse/shared/page-error'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Request, Response } from 'express'
import type { Context } from '../context'
import { type Client, canBeImpersonated } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { redirectTo } from '../protocol/redirect-uri'
import { includesScope, type Scope } from '../protocol/scope'
import { save, signedIn } from '../session'
import * as authorizationCodes from '../store/authorization-codes'
import type { PendingAuthorizationRequest } from '../store/authorization-requests'
import * as authorizationRequests from '../store/authorization-requests'
import * as consents from '../store/consents'
import type { Database } from '../store/schema'
import * as tokenFamilies from '../store/token-families'
import type { ResourceOwner } from '../store/users'
import { createOpaqueToken, hashToken } from '../tokens/opaque-token'
import { changeConsent } from '../tokens/withdrawal'
import { asciiOnly } from './answer'

/** How long a user may take to sign in and decide, in seconds. */
const AUTHORIZATION_REQUEST_TTL_S = 30 * 60

export interface RequestAndClient {
  pending: PendingAuthorizationRequest
  client: Client
}

/** Redirects to wherever the request goes next: the sign-in page, the consent page, or back to the client. */
export async function continueRequest(
  context: Context,
  request: Request,
  response: Response,
  { pending, client }: RequestAndClient,
): Promise<void> {
  // RFC 9110 §9.2.1: HEAD is a safe method, so it must not answer the request.
  if (request.method === 'HEAD') return void response.end()
  const resourceOwner = await signedIn(context, request)
  const { prompt } = pending

  // RFC 6749 §3.1: the authorization server MUST first verify the identity of the resource owner.
  if (!resourceOwner || (prompt.login && pending.signedInAt === undefined)) {
    if (prompt.none) return refuse(context, response, pending, 'login_required', 'no user is signed in')
    return ask(context, request, response, pending, '/login')
  }

  const allowed = await consents.find(context.db, resourceOwner.id, client.id)
  // Asking whether Glasshouse may show a user their own calendar would only teach users to click Allow. Nobody else can use
  // this: the flag is seeded, and the code goes only to the operator's own origin (docs/decisions/first-party-apps.md).
  if (client.firstParty && !prompt.consent) {
    const known = allowed && includesScope(allowed, pending.scope)
    const remember = () => changeConsent(context, resourceOwner.id, client.id, pending.scope)
    return answerWithCode(context, response, pending, resourceOwner, pending.scope, known ? undefined : remember)
  }
  const mustAsk = prompt.consent || canBeImpersonated(client)
  if (!allowed || !includesScope(allowed, pending.scope) || mustAsk) {
    if (prompt.none) return refuse(context, response, pending, 'consent_required', 'the user has not allowed this')
    return ask(context, request, response, pending, '/consent')
  }
  await answerWithCode(context, response, pending, resourceOwner, pending.scope)
}

/** Sends the browser to a page, with the request stored until the user has answered it. */
async function ask(
  { db, clock }: Context,
  request: Request,
  response: Response,
  pending: PendingAuthorizationRequest,
  page: '/login' | '/consent',
): Promise<void> {
  const now = seconds(clock)
  if (!pending.isStored) await authorizationRequests.add(db, pending, now, now + AUTHORIZATION_REQUEST_TTL_S)
  await save(request)
  response.redirect(303, `${page}?request=${pending.id}`)
}

/**
 * RFC 6749 §4.1.2: the resource owner grants access.
 * @param scope what the user granted, which may be less than the client asked for
 * @param remember stores the user's decision; runs only if the request has not been answered before
 * @throws PageError 409 if the request was already answered, or if the consent was changed elsewhere at the same time
 */
export async function answerWithCode(
  context: Context,
  response: Response,
  pending: PendingAuthorizationRequest,
  resourceOwner: ResourceOwner,
  scope: Scope,
  remember: () => Promise<void> = async () => {},
): Promise<void> {
  const { db, clock, config } = context
  const now = seconds(clock)
  await decideOnce(context, pending)
  await remember()
  const code = createOpaqueToken()
  const family = {
    id: randomUUID(),
    clientId: pending.clientId,
    userId: resourceOwner.id,
    scope,
    audience: pending.audience,
  }
  const issue = async (transaction: Database) => {
    if (!(await consents.hold(transaction, resourceOwner.id, pending.clientId, scope))) throw consentChanged()
    const expiresAt = now + codeLifetime(config.authorizationCodeTtl)
    await tokenFamilies.add(transaction, family, now, expiresAt)
    await authorizationCodes.add(transaction, hashToken(code), { family, ...pick(pending) }, expiresAt)
  }
  await inOneCommit(db, issue, { name: 'consents', row: `${resourceOwner.id} ${pending.clientId}` })
  const { state } = pending
  // RFC 9207 §2: iss says which server answers, so that a client that uses several can tell them apart.
  redirect(response, redirectTo(pending.redirectUri, { code, state, iss: config.issuer }))
}

/** RFC 6749 §4.1.2.1: the resource owner denies access. @throws PageError 409 if the request was already answered */
export async function answerWithDenial(
  context: Context,
  response: Response,
  pending: PendingAuthorizationRequest,
): Promise<void> {
  await refuse(context, response, pending, 'access_denied', 'the user denied access')
}

/** Which client an answer goes to, at which address and with which state. */
export interface AnswerTo {
  redirectUri: string
  state: string | undefined
  clientId: string
}

/** RFC 6749 §4.1.2.1: tells the client, by redirect, why there is no code. */
export function answerError(context: Context, response: Response, answerTo: AnswerTo, error: OAuthError): void {
  logRefusal(context.log, response, error.code, error.description, { client: answerTo.clientId })
  redirect(response, errorLocation(context, answerTo, error))
}

export function errorLocation({ config }: Context, { redirectUri, state }: AnswerTo, error: OAuthError): string {
  const { code, description } = error
  return redirectTo(redirectUri, {
    error: code,
    error_description: asciiOnly(description),
    state,
    iss: config.issuer,
  })
}

async function refuse(
  context: Context,
  response: Response,
  pending: PendingAuthorizationRequest,
  code: 'access_denied' | 'login_required' | 'consent_required',
  description: string,
): Promise<void> {
  await decideOnce(context, pending)
  answerError(context, response, pending, new OAuthError(code, description))
}

/** A request is answered only once: of two answers at the same time, one is refused. */
async function decideOnce({ db, clock }: Context, pending: PendingAuthorizationRequest): Promise<void> {
  if (!pending.isStored) return // no other request can refer to it
  if (!(await authorizationRequests.decide(db, pending.id, seconds(clock)))) throw alreadyAnswered()
}

function consentChanged(): PageError {
  return new PageError(
    409,
    'The permission of this app was just changed',
    'You reduced or withdrew it in another window, so the app did not get access. To allow access after all, start again in the app.',
    [{ href: '/account', label: 'See which apps have access' }],
  )
}

export function alreadyAnswered(client?: Client): PageError {
  // We do not link to an address that nobody has checked.
  const back = client?.vouchedFor && client.clientUri ? [{ href: client.clientUri, label: `Go to ${client.name}` }] : []
  return new PageError(
    409,
    'You have already answered this request',
    'A request can be answered only once. If the app did not receive your answer, start again there.',
    [...back, { href: '/account', label: 'See which apps have access' }],
  )
}

/** RFC 9700 §4.12: never 307, which would send the form with the password to the client. 303 makes it a GET. */
function redirect(response: Response, target: string): void {
  const afterForm = response.req.method === 'POST'
  response.set('Cache-Control', 'no-store').redirect(afterForm ? 303 : 302, target)
}

function pick({ redirectUri, redirectUriGiven, codeChallenge }: PendingAuthorizationRequest) {
  return { redirectUri, redirectUriGiven, codeChallenge }
}
