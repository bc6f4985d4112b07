/** What the sign-in and consent pages have in common: the authorization request that they are about. */
import { seconds } from '@glasshouse/shared/clock'
import { PageError } from '@glasshouse/shared/page-error'
import { BROWSER, describeRequest, showMessage, showStep } from '@glasshouse/shared/see-through'
import type { Request, Response } from 'express'
import type { Context } from '../context'
import { alreadyAnswered, type RequestAndClient } from '../endpoints/authorization-response'
import { isStillAllowed } from '../protocol/authorization-request'
import { browserOf } from '../session'
import * as authorizationRequests from '../store/authorization-requests'
import * as clients from '../store/clients'

/**
 * @returns the request of this browser's that `id` names, and who made it
 * @throws PageError when there is none, it has expired, or it was answered
 */
export async function findPendingRequest(context: Context, request: Request, id: string): Promise<RequestAndClient> {
  const pending = await authorizationRequests.find(context.db, id, browserOf(request), seconds(context.clock))
  const client = pending && (await clients.find(context.db, pending.clientId))
  // The client may have been deleted since, or have given up the redirect URI, say.
  if (!pending || !client || !isStillAllowed(client, pending)) {
    throw new PageError(
      400,
      'This request is not there any more',
      'It was started in another browser, or too long ago, or the application has changed since. Go back to the application and start again there; nothing was shared.',
      [{ href: '/account', label: 'See which apps have access' }],
    )
  }
  if (pending.decidedAt !== undefined) throw alreadyAnswered(client)
  return { pending, client }
}

/** Before a page about a request is shown: the see-through strip shows what the client asked for. */
export function showRequest(response: Response, { pending }: RequestAndClient, origin: string): void {
  showStep(response, 2)
  const { method, parameters } = JSON.parse(pending.received) as { method: 'GET' | 'POST'; parameters: string }
  const between = { from: BROWSER, to: 'Glasshouse Accounts' }
  const received =
    method === 'GET'
      ? describeRequest({ ...between, method, url: `${origin}/authorize?${parameters}`, headers: {} })
      : describeRequest({
          ...between,
          method,
          url: `${origin}/authorize`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: parameters,
        })
  showMessage(response, received, 'first')
}

/** A form field that is there once, as text. Anything else is as if it were not there. */
export function textField(request: Request, name: string): string {
  return readable(request.body?.[name])
}

/** A query parameter that is there once, as text. */
export function textParameter(request: Request, name: string): string {
  return readable(request.query[name])
}

/** PostgreSQL cannot keep or compare a text with a null byte, and nothing that we hand out has one. */
function readable(value: unknown): string {
  return typeof value === 'string' && !value.includes('\0') ? value : ''
}
