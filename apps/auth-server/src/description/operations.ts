/** Each endpoint for apps and APIs: what it takes, and each status that it answers with. */
import type { Operation } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import type { Config } from '../config'
import { authorizationParameters, endedTokensQuery, listenerQuery } from './requests'
import { content, entityTag, json, location, retryAfter } from './responses'

const FORM = 'application/x-www-form-urlencoded'

/** Names of the security schemes. */
export const BASIC = 'client_secret_basic'
export const REGISTRATION_TOKEN = 'registration_token'

/** By HTTP Basic, or with the client's id (and secret) in the body. */
const CLIENT = [{ [BASIC]: [] }, {}]

const FAULTS = { 500: 'InternalServerError', 503: 'ServiceUnavailable' }
const CLIENT_REFUSED = {
  400: 'BadRequest',
  401: 'Unauthorized',
  413: 'ContentTooLarge',
  429: 'TooManyRequests',
  ...FAULTS,
}

const conditions = z.object({
  'If-None-Match': z.string().describe('If the answer still has this tag: 304 without a body.').optional(),
})

const NOT_MODIFIED = { description: 'The answer still has the tag in `If-None-Match`.', headers: { ETag: entityTag } }

const TOKENS = {
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
  scope: 'calendar.read calendar.write',
}

const ASKED = { token: 'tGzv3JOkF0XG5Qx2TlKWIA', client_id: 'my-app', client_secret: 'my-secret' }

const CLIENT_METADATA = {
  client_name: 'My app',
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
}

const authorizeAnswers: Operation['responses'] = {
  302: {
    description: 'Back to the client, with `code`, `state` and `iss`, or with `error`.',
    headers: { Location: location },
  },
  303: { description: 'To the sign-in or the consent page, or back to the client.', headers: { Location: location } },
  400: 'RefusedOnPage',
  409: 'ConflictOnPage',
  500: 'FaultOnPage',
  503: 'UnavailableOnPage',
}

/** 302 and 307: the page was opened under another name of this machine. */
const otherName = { description: 'The same at the server’s own address.', headers: { Location: location } }

const authorize: Operation = {
  operationId: 'authorize',
  summary: 'Ask for authorization, in the user’s browser',
  description: 'Step 1 (RFC 6749 §4.1.1). Open this address in a browser; it is not for programs.',
  tags: ['flow'],
  security: [],
  parameters: { query: authorizationParameters },
  responses: {
    200: { description: 'Only to HEAD: the request is valid.' },
    ...authorizeAnswers,
  },
}

const authorizeByForm: Operation = {
  ...authorize,
  operationId: 'authorizeByForm',
  summary: 'The same, sent as a form',
  parameters: {},
  requestBody: {
    required: true,
    content: content(FORM, 'AuthorizationForm', [
      'With PKCE',
      {
        response_type: 'code',
        client_id: 'my-app',
        redirect_uri: 'http://127.0.0.1/callback',
        scope: 'calendar.read',
        state: 'xyz',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      },
    ]),
  },
  responses: { ...authorizeAnswers, 307: otherName, 413: 'TooLargeOnPage' },
}

const token: Operation = {
  operationId: 'requestTokens',
  summary: 'Get tokens for a code, a refresh token or the client itself',
  description: 'Steps 4, 5 and 7 (RFC 6749 §3.2).',
  tags: ['flow'],
  security: CLIENT,
  requestBody: {
    required: true,
    content: content(
      FORM,
      'TokenRequest',
      [
        'Step 4, with PKCE',
        {
          grant_type: 'authorization_code',
          code: 'SplxlOBeZQQYbYS6WxSbIA',
          redirect_uri: 'http://127.0.0.1/callback',
          client_id: 'my-app',
          code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        },
      ],
      ['Step 7', { grant_type: 'refresh_token', refresh_token: TOKENS.refresh_token, client_id: 'my-app' }],
    ),
  },
  responses: {
    200: { description: 'The tokens.', content: json('TokenResponse', ['Tokens', TOKENS]) },
    ...CLIENT_REFUSED,
  },
}

const revoke: Operation = {
  operationId: 'revokeToken',
  summary: 'Revoke an access token or a refresh token',
  description: 'RFC 7009. When it has answered, the calendar API already refuses the tokens concerned.',
  tags: ['tokens'],
  security: CLIENT,
  requestBody: { required: true, content: content(FORM, 'TokenForm', ['A token', ASKED]) },
  responses: {
    200: { description: 'The token no longer works, also if it never did.', content: json('Nothing', ['Done', {}]) },
    ...CLIENT_REFUSED,
  },
}

const introspect: Operation = {
  operationId: 'introspectToken',
  summary: 'Ask about a token',
  description:
    'RFC 7662: for resource servers, and for a client’s own tokens. A client without a secret cannot use it.',
  tags: ['tokens'],
  security: CLIENT,
  requestBody: { required: true, content: content(FORM, 'TokenForm', ['A token', ASKED]) },
  responses: {
    200: { description: 'Its state.', content: json('Introspection', ['It does not work', { active: false }]) },
    ...CLIENT_REFUSED,
  },
}

const clientId = z.object({ client_id: z.string().describe('The id of the client.') })
const SENT_METADATA = { required: true, content: json('ClientMetadata', ['A public client', CLIENT_METADATA]) }
const MANAGE = [{ [REGISTRATION_TOKEN]: [] }]
const REGISTRANT_REFUSED = { 400: 'BadRequest', 401: 'Unauthorized', ...FAULTS }

function registrations(config: Config): Record<'create' | 'read' | 'update' | 'remove', Operation> {
  const registered = {
    description: 'The registration.',
    content: json('Registration', [
      'A public client',
      {
        client_id: 'my-app',
        client_id_issued_at: 1798761600,
        registration_access_token: 'reg-23410913-abewfq.123483',
        registration_client_uri: `${config.issuer}/register/my-app`,
        ...CLIENT_METADATA,
        response_types: ['code'],
        application_type: 'native',
        scope: 'calendar.read calendar.write',
        require_pkce: true,
      },
    ]),
  }
  const tags = ['registration']
  return {
    create: {
      operationId: 'registerClient',
      summary: 'Register a client',
      description:
        'RFC 7591. Open in demo mode; otherwise it needs the initial access token that the operator has set, or is closed.',
      tags,
      security: config.registration === 'open' ? [] : MANAGE,
      requestBody: SENT_METADATA,
      responses: {
        201: registered,
        403: 'Forbidden',
        413: 'ContentTooLarge',
        429: 'TooManyRequests',
        ...REGISTRANT_REFUSED,
      },
    },
    read: {
      operationId: 'readClient',
      summary: 'Read a registration',
      description: 'RFC 7592 §2.1.',
      tags,
      security: MANAGE,
      parameters: { path: clientId },
      responses: { 200: registered, ...REGISTRANT_REFUSED },
    },
    update: {
      operationId: 'updateClient',
      summary: 'Replace the metadata of a client',
      description: 'RFC 7592 §2.2. Send all of it: what you leave out is removed.',
      tags,
      security: MANAGE,
      parameters: { path: clientId },
      requestBody: {
        required: true,
        content: json('ClientMetadata', ['A public client', { client_id: 'my-app', ...CLIENT_METADATA }]),
      },
      responses: { 200: registered, 413: 'ContentTooLarge', ...REGISTRANT_REFUSED },
    },
    remove: {
      operationId: 'deleteClient',
      summary: 'Delete a client, its grants and its tokens',
      description: 'RFC 7592 §2.3.',
      tags,
      security: MANAGE,
      parameters: { path: clientId },
      responses: { 204: { description: 'The client is gone.' }, ...REGISTRANT_REFUSED },
    },
  }
}

const about = (operationId: string, summary: string, schema: string, example: unknown): Operation => ({
  operationId,
  summary,
  tags: ['about'],
  security: [],
  parameters: { header: conditions },
  responses: {
    200: { description: summary, headers: { ETag: entityTag }, content: json(schema, [summary, example]) },
    304: NOT_MODIFIED,
    400: 'BadRequest',
    ...FAULTS,
  },
})

const KEYS = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      kid: 'q1w2e3r4t5y6u7i8',
      use: 'sig',
      alg: 'ES256',
    },
  ],
}

const ended: Operation = {
  operationId: 'listEndedTokens',
  summary: 'Wait for tokens that end before they expire',
  description: 'An extension of Glasshouse, for its resource servers. The answer comes after a second at most.',
  tags: ['tokens'],
  security: [{ [BASIC]: [] }],
  parameters: { query: endedTokensQuery },
  responses: {
    200: {
      description: 'What has ended since.',
      content: json('EndedTokens', ['Nothing', { ended: [], last: 7, lease: 3, kids: ['q1w2e3r4t5y6u7i8'] }]),
    },
    403: 'Forbidden',
    ...CLIENT_REFUSED,
  },
}

const leave: Operation = {
  operationId: 'stopListening',
  summary: 'Stop waiting, so that no withdrawal waits for this listener',
  tags: ['tokens'],
  security: [{ [BASIC]: [] }],
  parameters: { query: listenerQuery },
  responses: { 204: { description: 'The listener is gone.' }, 403: 'Forbidden', ...CLIENT_REFUSED },
}

const health: Operation = {
  operationId: 'readHealth',
  summary: 'Whether the service works',
  tags: ['about'],
  security: [],
  responses: {
    200: { description: 'It works.', content: json('Health', ['It works', { status: 'ok' }]) },
    400: 'RefusedOnPage',
    500: 'FaultOnPage',
    503: {
      description: 'It cannot reach its data.',
      headers: { 'Retry-After': retryAfter },
      content: json('Health', ['Without data', { status: 'unavailable' }]),
    },
  },
}

const DOCUMENT = { openapi: '3.1.1', info: { title: 'Glasshouse Accounts', version: '1.0.0' } }

/** @param metadata what the server says about itself, as the example */
export function pathsOf(config: Config, metadata: unknown) {
  const { create, read, update, remove } = registrations(config)
  return {
    '/authorize': { get: authorize, post: authorizeByForm },
    '/token': { post: token },
    '/revoke': { post: revoke },
    '/introspect': { post: introspect },
    '/register': { post: create },
    '/register/{client_id}': { get: read, put: update, delete: remove },
    '/.well-known/oauth-authorization-server': {
      get: about('readMetadata', 'The metadata of this server (RFC 8414).', 'ServerMetadata', metadata),
    },
    '/jwks': { get: about('readKeys', 'The public signing keys (RFC 7517).', 'Jwks', KEYS) },
    '/ended-tokens': { get: ended, delete: leave },
    '/openapi.json': { get: about('readDescription', 'This document.', 'OpenApiDocument', DOCUMENT) },
    '/healthz': { get: health },
  }
}
