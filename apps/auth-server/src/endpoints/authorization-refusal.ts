/** Refuses an authorization request, with a redirect to the client or with an error page (RFC 6749 §4.1.2.1). */
import { type MarkedText, PageError } from '@glasshouse/shared/page-error'
import { storeUnavailable } from '@glasshouse/shared/store-unavailable'
import type { Request, Response } from 'express'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { isOnThisDevice } from '../protocol/redirect-uri'
import { signedIn } from '../session'
import * as clients from '../store/clients'
import { type AnswerTo, answerError, errorLocation } from './authorization-response'

/**
 * Tells the client, at its registered redirect URI, what is wrong with its request.
 * @throws PageError if the user should decide whether to go there
 */
export async function refuse(
  context: Context,
  request: Request,
  response: Response,
  client: Client,
  answerTo: Omit<AnswerTo, 'clientId'>,
  error: unknown,
): Promise<void> {
  // Without the store, the browser gets a page with 503, which a reload fixes; a redirect would end the request.
  if (error instanceof PageError || storeUnavailable(error) || response.headersSent) throw error
  const refusal = error instanceof OAuthError ? error : toServerError(context, request, response, error)
  const to = { ...answerTo, clientId: client.id }
  // RFC 9700 §4.11.2: the server SHOULD only redirect automatically if it trusts the redirection URI. If it does not, it
  // MAY inform the user and rely on the user to make the correct decision.
  if (isNavigation(request) && !(await isTrusted(context, request, client, to.redirectUri))) {
    throw leftToThePerson(client, errorLocation(context, to, refusal), refusal)
  }
  answerError(context, response, to, refusal)
}

/** RFC 6749 §4.1.2.1: if the client or its redirect URI is invalid, the server MUST NOT redirect there. */
export function refusedOnPage(reason: string, compared: MarkedText[] = []): PageError {
  return new PageError(
    400,
    'This link cannot be trusted',
    'An app sent you here with a request that we cannot answer. We do not send you back either, because we do not know whether the address in the request belongs to that app. Nothing was shared: close this page, or go back to where you came from.',
    [],
    { forDeveloper: reason, check: reason, compared },
  )
}

/** §4.1.2.1: a redirect cannot carry a 500, so server_error stands for it. Only the log has the cause. */
function toServerError({ log }: Context, request: Request, response: Response, error: unknown): OAuthError {
  const { requestId } = response.locals
  log.error({ requestId, path: request.baseUrl, error }, 'unexpected error')
  return new OAuthError(
    'server_error',
    `something went wrong on the server; its log has the details under ${requestId}`,
  )
}

/** Whether to redirect without asking. A request that fails on purpose could lead users to an attacker's page. */
async function isTrusted(context: Context, request: Request, client: Client, redirectUri: string): Promise<boolean> {
  if (client.vouchedFor || isOnThisDevice(redirectUri)) return true
  const user = await signedIn(context, request)
  return user !== undefined && (await clients.isOwnedBy(context.db, client.id, user.id))
}

/**
 * Whether a user followed a link here. A program or script reads the response itself, and in a frame the user would
 * not see our page.
 */
function isNavigation(request: Request): boolean {
  const mode = request.get('Sec-Fetch-Mode')
  if (mode === undefined) return (request.get('Accept') ?? '').includes('text/html')
  return mode === 'navigate' && (request.get('Sec-Fetch-Dest') ?? 'document') === 'document'
}

function leftToThePerson(client: Client, target: string, { code, description }: OAuthError): PageError {
  const { origin, protocol, host } = new URL(target)
  const label = origin === 'null' ? `Go back to the app (${protocol})` : `Go back to ${host}`
  return new PageError(
    400,
    `${client.name} asked for something it cannot have`,
    'Nothing was shared. This app registered itself, and we do not know who is behind it. Go back to it only if you came from there.',
    [
      { href: '/account', label: 'See which apps have access' },
      { href: target, label },
    ],
    { forDeveloper: `${code}: ${description}.`, check: `${code}: ${description}` },
  )
}
