/** The authorization endpoint (RFC 6749 §3.1): steps 1 to 3. */
import { showStep } from '@glasshouse/shared/see-through'
import { type Request, type Response, Router } from 'express'
import type { Context } from '../context'
import { type AuthorizationRequest, parseAuthorizationRequest } from '../protocol/authorization-request'
import type { Client } from '../protocol/client'
import { OAuthError } from '../protocol/oauth-error'
import { type Parameters, queryText, readParameters } from '../protocol/parameters'
import { matchRedirectUri } from '../protocol/redirect-uri'
import { differences, received } from '../protocol/redirect-uri-difference'
import { browserOf, isNewBrowser } from '../session'
import type { PendingAuthorizationRequest } from '../store/authorization-requests'
import * as clients from '../store/clients'
import { defaultAudience } from '../tokens/audience'
import { createOpaqueToken } from '../tokens/opaque-token'
import { form } from './answer'
import { refuse, refusedOnPage } from './authorization-refusal'
import { continueRequest } from './authorization-response'

export function authorizationEndpoint(context: Context): Router {
  const router = Router()
  // §3.1: the endpoint MUST support GET, and MAY support POST.
  router.get('/', (request, response) => {
    return authorize(context, queryText(request.url), request, response)
  })
  router.post('/', form, (request, response) =>
    authorize(context, typeof request.body === 'string' ? request.body : '', request, response),
  )
  return router
}

async function authorize(context: Context, encoded: string, request: Request, response: Response): Promise<void> {
  showStep(response, 1)
  const parameters = readParameters(encoded)

  // §4.1.2.1: if the client or redirect URI is missing or wrong, the server MUST NOT redirect, but tells the user.
  const client = await findClient(context, parameters)
  const redirectUri = findRedirectUri(context, client, parameters)

  try {
    // A form from another site arrives without our cookie (SameSite=Lax). A user who is signed in would have to sign in
    // again, and the cookie of the new session would replace theirs. The same request by GET has the cookie.
    if (request.method === 'POST' && request.get('Sec-Fetch-Site') === 'cross-site' && isNewBrowser(request)) {
      return response.redirect(303, `${request.baseUrl}?${new URLSearchParams(parameters.entries())}`)
    }
    const resources = { servers: await clients.resourceServers(context.db), byDefault: defaultAudience(context) }
    const authorizationRequest = parseAuthorizationRequest(parameters, client, redirectUri, resources)
    // RFC 9110 §9.2.1: HEAD is a safe method. It tells whether the request is valid; nothing is stored or issued.
    if (request.method === 'HEAD') return void response.end()
    const pending = begin(request, authorizationRequest, parameters, encoded)
    await continueRequest(context, request, response, { pending, client })
  } catch (error) {
    // §4.1.2.1: the client is told about every other error, with its state.
    await refuse(context, request, response, client, { redirectUri, state: stateOf(parameters) }, error)
  }
}

/** A request that waits for its answer. It is stored once the user has to be asked. */
function begin(
  request: Request,
  authorizationRequest: AuthorizationRequest,
  parameters: Parameters,
  encoded: string,
): PendingAuthorizationRequest {
  return {
    ...authorizationRequest,
    id: createOpaqueToken(),
    browser: browserOf(request),
    promptText: parameters.get('prompt') ?? '',
    received: JSON.stringify({ method: request.method, parameters: encoded }),
    isStored: false,
    signedInAt: undefined,
    decidedAt: undefined,
  }
}

async function findClient({ db }: Context, parameters: Parameters): Promise<Client> {
  const clientId = onlyOnPage(() => parameters.require('client_id'))
  const client = await clients.find(db, clientId)
  if (client) return client
  throw refusedOnPage('client_id is unknown: no app with this client_id is registered here (RFC 6749 section 2.2).')
}

function findRedirectUri({ config }: Context, client: Client, parameters: Parameters): string {
  const requested = onlyOnPage(() => parameters.get('redirect_uri'))
  const redirectUri = matchRedirectUri(client, requested)
  if (redirectUri) return redirectUri
  if (requested === undefined) {
    throw refusedOnPage(
      `redirect_uri is missing, and ${client.name} has not registered exactly one (RFC 6749 section 3.1.2.3).`,
    )
  }
  throw refusedOnPage(
    `redirect_uri is not one that ${client.name} has registered. It must be identical, character by character (RFC 6749 section 3.1.2.3).`,
    // In production, the registered redirect URIs are not shown to everyone: one may belong to a test system.
    config.demo ? differences(client, requested) : [received(requested)],
  )
}

function onlyOnPage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof OAuthError ? refusedOnPage(`${error.description}.`) : error
  }
}

/**
 * §4.1.2.1: the exact value of state, to send back with an error. It is sent back even if it contains a refused
 * character, because the redirect encodes it. If there are several values, or it is not UTF-8, none is sent back.
 */
function stateOf(parameters: Parameters): string | undefined {
  const [state, ...more] = parameters.all('state')
  return more.length > 0 || state?.includes('\ufffd') ? undefined : state
}
