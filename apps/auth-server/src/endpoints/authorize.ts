/** The authorization endpoint (RFC 6749 §3.1): steps 1 to 3. */
import { seconds } from '@glasshouse/shared/clock'
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
import * as authorizationRequests from '../store/authorization-requests'
import * as clients from '../store/clients'
import { defaultAudience } from '../tokens/audience'
import { createOpaqueToken } from '../tokens/opaque-token'
import { form } from './answer'
import { refuse, refusedOnPage } from './authorization-refusal'
import { continueRequest } from './authorization-response'

/** How long a person may take to sign in and decide, in seconds. */
const AUTHORIZATION_REQUEST_TTL_S = 30 * 60

export function authorizationEndpoint(context: Context): Router {
  const router = Router()
  // §3.1: MUST support GET, and MAY support POST.
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

  // §4.1.2.1: with a missing or wrong client or redirect URI, the server MUST NOT redirect: the person is told instead.
  const client = await findClient(context, parameters)
  const redirectUri = findRedirectUri(context, client, parameters)

  try {
    // A form of another site comes without our cookie (SameSite=Lax): whoever is signed in would be asked again, and
    // be signed out by the cookie of a new session. The same request by GET brings the cookie.
    if (request.method === 'POST' && request.get('Sec-Fetch-Site') === 'cross-site' && isNewBrowser(request)) {
      return response.redirect(303, `${request.baseUrl}?${new URLSearchParams(parameters.entries())}`)
    }
    const resources = { servers: await clients.resourceServers(context.db), byDefault: defaultAudience(context) }
    const authorizationRequest = parseAuthorizationRequest(parameters, client, redirectUri, resources)
    // RFC 9110 §9.2.1: HEAD is a safe method. It learns whether the request is valid, and nothing is stored or issued.
    if (request.method === 'HEAD') return void response.end()
    const pending = await keep(context, request, authorizationRequest, parameters, encoded)
    await continueRequest(context, request, response, { pending, client })
  } catch (error) {
    // §4.1.2.1: everything else goes back to the client, with its state.
    await refuse(context, request, response, client, { redirectUri, state: stateOf(parameters) }, error)
  }
}

/** The request, kept until a person has answered it. */
async function keep(
  { db, clock }: Context,
  request: Request,
  authorizationRequest: AuthorizationRequest,
  parameters: Parameters,
  encoded: string,
): Promise<PendingAuthorizationRequest> {
  const now = seconds(clock)
  const pending = {
    ...authorizationRequest,
    id: createOpaqueToken(),
    browser: browserOf(request),
    promptText: parameters.get('prompt') ?? '',
    received: JSON.stringify({ method: request.method, parameters: encoded }),
  }
  await authorizationRequests.add(db, pending, now, now + AUTHORIZATION_REQUEST_TTL_S)
  return { ...pending, signedInAt: undefined, decidedAt: undefined }
}

async function findClient({ db }: Context, parameters: Parameters): Promise<Client> {
  const clientId = onlyOnPage(() => parameters.require('client_id'))
  const client = await clients.find(db, clientId)
  if (client) return client
  throw refusedOnPage('client_id names no application that this server knows (RFC 6749 section 2.2).')
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
    `redirect_uri is not one that ${client.name} has registered. It has to be the same, character by character (RFC 6749 section 3.1.2.3).`,
    // What is registered is not shown to everybody in production: there may be a test system among it.
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
 * §4.1.2.1: the exact value, to send back with an error: also one with a character that is refused, for it goes encoded.
 * Of several, or of one that is not UTF-8, there is no such value.
 */
function stateOf(parameters: Parameters): string | undefined {
  const [state, ...more] = parameters.all('state')
  return more.length > 0 || state?.includes('\ufffd') ? undefined : state
}
