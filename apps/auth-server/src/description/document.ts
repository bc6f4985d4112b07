/**
 * The endpoints for apps and APIs, described by themselves: `GET /openapi.json`. This folder holds the schemas
 * (`requests.ts`, `answers.ts`), the answers that endpoints share (`responses.ts`) and what each endpoint does
 * (`operations.ts`). Every response in the tests is checked against the document (test/support.ts).
 */
import { type Json, openApiDocument } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import type { Config } from '../config'
import { metadataOf } from '../endpoints/metadata'
import {
  endedTokens,
  health,
  introspection,
  jwks,
  nothing,
  oauthError,
  openApi,
  serverMetadata,
  tokenResponse,
} from './answers'
import { BASIC, pathsOf, REGISTRATION_TOKEN } from './operations'
import { authorizationForm, clientMetadata, registration, tokenForm, tokenRequest } from './requests'
import { RESPONSES } from './responses'

const INTRODUCTION = `The authorization server: signs users in, asks for their consent, and issues tokens for the calendar
API. A client that knows only the address of the API finds this server, and this server's metadata say where everything is.

The pages for users (\`/login\`, \`/consent\`, \`/account\`, \`/developer\`) are not described here. A method that an endpoint
does not support gets 405 with \`Allow\`, and a \`Host\` that is not one of this server's names gets 421.`

export function describeServer(config: Config): Json {
  return openApiDocument({
    info: {
      title: 'Glasshouse Accounts',
      version: '1.0.0',
      summary: 'The authorization server: OAuth 2.0 with PKCE, revocation, introspection and registration.',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    server: config.issuer,
    tags: [
      { name: 'flow', description: 'The seven steps.' },
      { name: 'tokens', description: 'The life of a token after it was issued.' },
      { name: 'registration', description: 'Registering a client (RFC 7591) and managing it (RFC 7592).' },
      { name: 'about', description: 'What the server says about itself.' },
    ],
    securitySchemes: {
      [BASIC]: {
        type: 'http',
        scheme: 'basic',
        description: 'The id and the secret of a client, each form-encoded (RFC 6749 §2.3.1).',
      },
      [REGISTRATION_TOKEN]: {
        type: 'http',
        scheme: 'bearer',
        description: 'The `registration_access_token`; for registering, the initial access token, if one is set.',
      },
    },
    schemas: {
      AuthorizationForm: authorizationForm,
      TokenRequest: tokenRequest,
      TokenForm: tokenForm,
      ClientMetadata: clientMetadata,
      TokenResponse: tokenResponse,
      OAuthError: oauthError,
      Introspection: introspection,
      Registration: registration,
      ServerMetadata: serverMetadata,
      Jwks: jwks,
      EndedTokens: endedTokens,
      Nothing: nothing,
      Health: health,
      OpenApiDocument: openApi,
      Page: z.string().describe('A page for people.'),
    },
    responses: RESPONSES,
    paths: pathsOf(config, metadataOf(config)),
  })
}
