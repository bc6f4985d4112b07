/**
 * Step 1: the authorization request (RFC 6749 §4.1.1). Creates `state` and the PKCE pair, stores them for the answer, and
 * sends the user to the authorization server.
 */
import { createHash, randomBytes } from 'node:crypto'
import { tripmate } from '@glasshouse/shared/cast'
import { seconds } from '@glasshouse/shared/clock'
import { extraPatience } from '@glasshouse/shared/lab/slow-motion'
import { seal } from '@glasshouse/shared/seal'
import { Router } from 'express'
import 'express-session'
import type { Context } from '../context'
import { localPath, userOf } from '../session'
import * as attempts from '../store/authorization-attempts'
import type { AuthorizationServer } from './server-metadata'
import { authServerUnavailable } from './unavailable'

/** The scope that Tripmate asks for. The user decides what it gets. */
export const SCOPE = 'calendar.read calendar.write'

/** RFC 6749 §10.10 requires a guess to succeed with at most 2^-128; RFC 7636 §4.1 recommends 32 bytes for the verifier. */
const RANDOM_BYTES = 32

const TRY_AGAIN = { href: '/connect', label: 'Try again' }

export function connectPage(context: Context): Router {
  const { config, db, clock } = context
  const router = Router()
  // RFC 9110 §9.2.1: HEAD is a safe method, so it starts nothing.
  router.head('/', (_request, response) => void response.end())

  router.get('/', async (request, response) => {
    // Fetched each time, so that no user is sent to a server that cannot be reached.
    const server = await context.metadata.ask().catch(authServerUnavailable(TRY_AGAIN))
    const state = randomBytes(RANDOM_BYTES).toString('base64url')
    const codeVerifier = randomBytes(RANDOM_BYTES).toString('base64url')
    const stateHash = hashState(state)
    await attempts.add(db, {
      state_hash: stateHash,
      user_id: userOf(request),
      code_verifier: seal(config.encryptionKey, codeVerifier, stateHash),
      scope: SCOPE,
      return_to: localPath(request.query.back) ?? request.session.draft?.page ?? '/',
      created_at: seconds(clock) + extraPatience(),
    })
    const asksAgain = request.query.ask === 'write'
    const url = authorizationUrl(server, {
      redirectUri: config.redirectUri,
      state,
      codeVerifier,
      // OpenID Connect Core §3.1.2.1: show the consent page even to someone who has decided before.
      prompt: asksAgain ? 'consent' : undefined,
    })
    response.redirect(302, url)
  })
  return router
}

function authorizationUrl(
  server: AuthorizationServer,
  request: { redirectUri: string; state: string; codeVerifier: string; prompt: string | undefined },
): string {
  const url = new URL(server.authorizationEndpoint)
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('client_id', tripmate.id)
  url.searchParams.set('redirect_uri', request.redirectUri)
  url.searchParams.set('scope', SCOPE)
  url.searchParams.set('state', request.state)
  url.searchParams.set('code_challenge', codeChallenge(request.codeVerifier))
  url.searchParams.set('code_challenge_method', 'S256')
  if (request.prompt) url.searchParams.set('prompt', request.prompt)
  return url.href
}

/** RFC 7636 §4.2: `BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))` */
export function codeChallenge(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url')
}

/** A state is stored as a hash, so that reading the database is not enough to forge an answer. */
export function hashState(state: string): string {
  return createHash('sha256').update(state).digest('base64url')
}
