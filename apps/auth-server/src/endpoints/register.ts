/** Dynamic client registration (RFC 7591) and its management (RFC 7592). */
import { seconds } from '@glasshouse/shared/clock'
import { NestedTooDeeply, parseJson } from '@glasshouse/shared/parse-json'
import { type Request, Router } from 'express'
import type { Context } from '../context'
import { readClientMetadata, writeClientMetadata } from '../protocol/client-metadata'
import { OAuthError } from '../protocol/oauth-error'
import * as clients from '../store/clients'
import { createClient, createClientId } from '../tokens/client-secret'
import { createOpaqueToken, hashToken, matchesHash } from '../tokens/opaque-token'
import { removeClient } from '../tokens/withdrawal'
import { authorizationOf, bodyText, jsonErrors, methodNotAllowed, noStore } from './answer'

/** Read as text, so that invalid JSON is refused with the error code of RFC 7591 §3.2.2. */
const body = bodyText('application/json')

export function registrationEndpoint(context: Context): Router {
  const { db, clock } = context
  const router = Router()
  router.use(noStore)

  // RFC 7591 §3, §3.1
  router.post('/', body, async (request, response) => {
    checkInitialAccessToken(context, request)
    const { client, secret } = newClient(request)
    await checkLimit(context, request)
    const registrationToken = createOpaqueToken()
    const issuedAt = seconds(clock)
    await clients.register(db, client, { registrationTokenHash: hashToken(registrationToken) }, issuedAt)
    // §3.2.1
    response.status(201).json(informationResponse(context, { client, issuedAt }, registrationToken, secret))
  })

  // RFC 7592 §2.1
  router.get('/:client_id', async (request, response) => {
    const { registration, registrationToken } = await authenticateRegistrant(context, request)
    response.json(informationResponse(context, registration, registrationToken, undefined))
  })

  // RFC 7592 §2.2
  router.put('/:client_id', body, async (request, response) => {
    const { registration, registrationToken } = await authenticateRegistrant(context, request)
    const sent = readJson(request)
    refuseWhatIsNotTheClients(sent, registration.client)
    const metadata = readClientMetadata(sent, registration.client.id)
    const { client, secret } = createClient(registration.client.id, metadata, registration.client)
    await clients.update(db, client)
    response.json(informationResponse(context, { ...registration, client }, registrationToken, secret))
  })

  // RFC 7592 §2.3: the client's grants and tokens end too.
  router.delete('/:client_id', async (request, response) => {
    const { registration } = await authenticateRegistrant(context, request)
    await removeClient(context, registration.client.id)
    response.sendStatus(204)
  })

  router.all('/', methodNotAllowed('POST'))
  router.all('/:client_id', methodNotAllowed('GET, PUT, DELETE'))
  router.use(jsonErrors(context.log))
  return router
}

function newClient(request: Request) {
  const id = createClientId()
  return createClient(id, readClientMetadata(readJson(request), id))
}

/** RFC 7591 §3: the endpoint MAY be protected by an initial access token. @throws OAuthError */
function checkInitialAccessToken({ config: { registration } }: Context, request: Request): void {
  if (registration === 'open') return
  if (registration === 'closed') {
    throw new OAuthError(
      'access_denied',
      'registration is closed; the operator can open it by setting INITIAL_ACCESS_TOKEN',
      403,
    )
  }
  const token = bearerToken(request)
  if (!matchesHash(token, hashToken(registration.initialAccessToken))) {
    throw invalidToken('the initial access token is wrong; ask the operator of this server for it')
  }
}

async function checkLimit({ registrationLimit }: Context, request: Request): Promise<void> {
  const retryAfter = await registrationLimit.count(request.ip ?? 'unknown')
  if (retryAfter > 0) {
    throw new OAuthError('temporarily_unavailable', 'too many registrations from this address; try again later', 429, {
      'Retry-After': String(retryAfter),
    })
  }
}

/**
 * RFC 7592 §2: a registration is managed with the token that was issued with it. §2.1 to §2.3: for a client that no
 * longer exists, the answer is the same as for a wrong token.
 * @throws OAuthError 401 `invalid_token`
 */
async function authenticateRegistrant({ db }: Context, request: Request) {
  const registrationToken = bearerToken(request)
  const clientId = String(request.params.client_id)
  const registration = clientId.includes('\0') ? undefined : await clients.findSelfRegistered(db, clientId)
  const right = matchesHash(registrationToken, registration?.registrationTokenHash ?? hashToken('nobody'))
  if (!registration || !right)
    throw invalidToken('the registration access token is wrong, or there is no registration at this address')
  return { registration, registrationToken }
}

/** RFC 6750 §2.1. @throws OAuthError 401; its challenge has no error code if the request has no bearer token (§3.1) */
function bearerToken(request: Request): string {
  const authorization = authorizationOf(request)
  if (authorization === undefined || !/^Bearer(?![^ ])/i.test(authorization)) {
    throw invalidToken('the token is missing; send it as a bearer token, in the Authorization header', CHALLENGE)
  }
  const token = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)?.[1]
  if (!token) throw invalidToken('the Authorization header is malformed; send the word Bearer, a space, and the token')
  return token
}

/** RFC 6750 §3: the scheme MUST be followed by a parameter. */
const CHALLENGE = 'Bearer realm="Glasshouse Accounts"'

function invalidToken(description: string, challenge = `${CHALLENGE}, error="invalid_token"`): OAuthError {
  return new OAuthError('invalid_token', description, 401, { 'WWW-Authenticate': challenge })
}

function readJson(request: Request): unknown {
  const refusal = () =>
    new OAuthError('invalid_client_metadata', 'the body is not JSON; send a JSON object, as application/json, in UTF-8')
  if (typeof request.body !== 'string') throw refusal()
  try {
    return parseJson(request.body)
  } catch (error) {
    if (!(error instanceof NestedTooDeeply)) throw refusal()
    throw new OAuthError('invalid_client_metadata', `the body is ${error.message}`)
  }
}

/** RFC 7592 §2.2: what an update must and must not include. @throws OAuthError `invalid_client_metadata` */
function refuseWhatIsNotTheClients(sent: unknown, client: clients.Registration['client']): void {
  const members = new Map(Object.entries(sent ?? {}))
  const refuse = (description: string) => new OAuthError('invalid_client_metadata', description)
  const issued = [
    'registration_access_token',
    'registration_client_uri',
    'client_secret_expires_at',
    'client_id_issued_at',
  ]
  const member = issued.find(name => members.has(name))
  if (member) throw refuse(`\`${member}\` is set by the server; omit it`)
  // §2.2: this request MUST include client_id, the same as the one it was issued.
  if (members.get('client_id') !== client.id)
    throw refuse('client_id is missing or different; send the one that was issued')
  // §2.2: client_secret, if included, MUST match the issued one. A client cannot choose its own.
  const secret = members.get('client_secret')
  const right = client.type === 'confidential' && typeof secret === 'string' && matchesHash(secret, client.secretHash)
  if (secret !== undefined && !right) throw refuse('client_secret is wrong; send the one that was issued, or omit it')
}

/** RFC 7591 §3.2.1, RFC 7592 §3. @param secret only if it was just created, because only its hash is stored */
function informationResponse(
  { config }: Context,
  { client, issuedAt }: clients.Registration,
  registrationToken: string,
  secret: string | undefined,
) {
  return {
    client_id: client.id,
    client_id_issued_at: issuedAt,
    // 0 means that the secret does not expire.
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    registration_access_token: registrationToken,
    registration_client_uri: `${config.issuer}/register/${client.id}`,
    ...writeClientMetadata(client),
  }
}
