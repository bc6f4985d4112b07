/** The authorization endpoint (RFC 6749 §3.1): steps 1 to 3. */
import { seconds } from '@glasshouse/shared/clock'
import { PageError } from '@glasshouse/shared/page-error'
import express, { type Request, type Response, Router } from 'express'
import type { Context } from '../context'
import { type AuthorizationRequest, parseAuthorizationRequest } from '../protocol/authorization-request'
import type { Client } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, queryText, readParameters } from '../protocol/parameters'
import { matchRedirectUri } from '../protocol/redirect-uri'
import { browserOf } from '../session'
import * as authorizationRequests from '../store/authorization-requests'
import * as clients from '../store/clients'
import { defaultAudience } from '../tokens/audience'
import { createOpaqueToken } from '../tokens/opaque-token'
import { answerError, continueRequest } from './authorization-response'

/** How long a person may take to sign in and decide, in seconds. */
const AUTHORIZATION_REQUEST_TTL_S = 30 * 60

export function authorizationEndpoint(context: Context): Router {
  const router = Router()
  // §3.1: MUST support GET, and MAY support POST.
  router.get('/', (request, response) => {
    return authorize(context, queryText(request.url), request, response)
  })
  router.post('/', express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }), (request, response) =>
    authorize(context, typeof request.body === 'string' ? request.body : '', request, response),
  )
  return router
}

async function authorize(context: Context, encoded: string, request: Request, response: Response): Promise<void> {
  const parameters = readParameters(encoded)

  // §4.1.2.1: with a missing or wrong client or redirect URI, the server MUST NOT redirect: the person is told instead.
  const client = await findClient(context, parameters)
  const redirectUri = findRedirectUri(client, parameters)

  let authorizationRequest: AuthorizationRequest
  try {
    const resources = { known: await clients.resources(context.db), byDefault: defaultAudience(context) }
    authorizationRequest = parseAuthorizationRequest(parameters, client, redirectUri, resources)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    // §4.1.2.1: everything else goes back to the client, with its state.
    return answerError(context, response, { redirectUri, state: stateOf(parameters), clientId: client.id }, error)
  }

  const now = seconds(context.clock)
  const pending = {
    ...authorizationRequest,
    id: createOpaqueToken(),
    browser: browserOf(request),
    promptText: parameters.get('prompt') ?? '',
    received: JSON.stringify({ method: request.method, parameters: encoded }),
  }
  await authorizationRequests.add(context.db, pending, now, now + AUTHORIZATION_REQUEST_TTL_S)
  await continueRequest(context, request, response, {
    pending: { ...pending, signedInAt: undefined, decidedAt: undefined },
    client,
  })
}

async function findClient({ db }: Context, parameters: Parameters): Promise<Client> {
  const clientId = onlyOnPage(() => parameters.require('client_id'))
  const client = await clients.find(db, clientId)
  if (client) return client
  throw refusedOnPage('client_id names no application that this server knows (RFC 6749 section 2.2).')
}

function findRedirectUri(client: Client, parameters: Parameters): string {
  const requested = onlyOnPage(() => parameters.get('redirect_uri'))
  const redirectUri = matchRedirectUri(client, requested)
  if (redirectUri) return redirectUri
  throw refusedOnPage(
    requested === undefined
      ? `redirect_uri is missing, and ${client.name} has not registered exactly one (RFC 6749 section 3.1.2.3).`
      : `redirect_uri is not one that ${client.name} has registered. It has to be the same, character by character (RFC 6749 section 3.1.2.3).`,
  )
}

function onlyOnPage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof OAuthError ? refusedOnPage(`${error.description}.`) : error
  }
}

function refusedOnPage(reason: string): PageError {
  return new PageError(
    400,
    'This link cannot be trusted',
    `An application sent you here with a request that we cannot answer, and we do not send you back to an address that is not known to be its own. For its developer: ${reason}`,
  )
}

/** The state to send back with an error: also with one about another parameter. A repeated state is none. */
function stateOf(parameters: Parameters): string | undefined {
  try {
    return parameters.get('state')
  } catch {
    return undefined
  }
}
