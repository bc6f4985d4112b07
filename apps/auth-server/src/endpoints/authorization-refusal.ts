/** What becomes of an authorization request that is refused (RFC 6749 §4.1.2.1): an answer to its client, or a page. */
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
 * Tells the client what is wrong with its request. Its redirect URI is one that it has registered.
 * @throws PageError where the user decides whether to go there
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

/** RFC 6749 §4.1.2.1: the client or its redirect URI is not to be trusted, so the server MUST NOT redirect there. */
export function refusedOnPage(reason: string, compared: MarkedText[] = []): PageError {
  return new PageError(
    400,
    'This link cannot be trusted',
    'An application sent you here with a request that we cannot answer, and we do not send you back to an address that is not known to be its own. Nothing was shared: close this page, or go back to where you came from.',
    [],
    { forDeveloper: reason, check: reason, compared },
  )
}

/** §4.1.2.1: server_error stands for the 500 that cannot be told by redirect. Only the log learns what it was. */
function toServerError({ log }: Context, request: Request, response: Response, error: unknown): OAuthError {
  const { requestId } = response.locals
  log.error({ requestId, path: request.baseUrl, error }, 'unexpected error')
  return new OAuthError('server_error', `something went wrong on our side; our log has it under ${requestId}`)
}

/** Whether a request that is made to fail can lead nobody by this redirect URI to a page that a stranger has set up. */
async function isTrusted(context: Context, request: Request, client: Client, redirectUri: string): Promise<boolean> {
  if (client.vouchedFor || isOnThisDevice(redirectUri)) return true
  const user = await signedIn(context, request)
  return user !== undefined && (await clients.isOwnedBy(context.db, client.id, user.id))
}

/**
 * Whether a person's browser follows a link here: not a program, a script that looks at the answer itself, or a frame, in
 * which nobody would see a page of ours.
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
    'Nothing was shared. This application has registered itself, and we do not know whose it is: go back to it only if you came from there.',
    [
      { href: '/account', label: 'See which apps have access' },
      { href: target, label },
    ],
    { forDeveloper: `${code}: ${description}.`, check: `${code}: ${description}` },
  )
}
