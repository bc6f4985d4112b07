/** What the sign-in and consent pages share: finding and showing the authorization request that they are about. */
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
 * @returns the authorization request with this `id`, if this browser sent it, and its client
 * @throws PageError if there is no such request, it has expired, or it was already answered
 */
export async function findPendingRequest(context: Context, request: Request, id: string): Promise<RequestAndClient> {
  const pending = await authorizationRequests.find(context.db, id, browserOf(request), seconds(context.clock))
  const client = pending && (await clients.find(context.db, pending.clientId))
  // Since then, the client may have been deleted, or may have removed the redirect URI, for example.
  if (!pending || !client || !isStillAllowed(client, pending)) {
    throw new PageError(
      400,
      'This request is no longer valid',
      'It was started in another browser or too long ago, or the app has changed since. Nothing was shared. Go back to the app and start again there.',
      [{ href: '/account', label: 'See which apps have access' }],
    )
  }
  if (pending.decidedAt !== undefined) throw alreadyAnswered(client)
  return { pending, client }
}

/** Shows in the see-through strip what the client asked for. Call before rendering a page about the request. */
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
  showMessage(response, received)
}

/** A form field as text. Empty if the field is missing or repeated. */
export function textField(request: Request, name: string): string {
  return readable(request.body?.[name])
}

/** A query parameter as text. Empty if the parameter is missing or repeated. */
export function textParameter(request: Request, name: string): string {
  return readable(request.query[name])
}

/** PostgreSQL cannot store or compare text with a null byte, and no value that we issue contains one. */
function readable(value: unknown): string {
  return typeof value === 'string' && !value.includes('\0') ? value : ''
}
