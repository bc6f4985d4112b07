/**
 * Step 3: the authorization response (RFC 6749 §4.1.2) arrives through the user's browser, so anybody may have made it up.
 * It is checked before anything in it is trusted; then the code is redeemed (steps 4 and 5).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { seconds } from '@glasshouse/shared/clock'
import { PageError } from '@glasshouse/shared/page-error'
import { unseal } from '@glasshouse/shared/seal'
import { showRefused } from '@glasshouse/shared/see-through'
import { type Request, type Response, Router } from 'express'
import 'express-session'
import type { Context } from '../context'
import { renewSession, say } from '../session'
import * as attempts from '../store/authorization-attempts'
import { hashState } from './authorization-request'
import { connect, stateOf } from './connection'
import { CONNECT_AGAIN, HOME, isAuthorizationError, refusedAuthorization, refusedCode } from './refusal'
import type { AuthorizationServer } from './server-metadata'
import { redeemCode } from './token-request'
import { authServerUnavailable } from './unavailable'

export function callbackPage(context: Context): Router {
  const router = Router()
  // RFC 9110 §9.2.1: HEAD is a safe method, so it uses up neither state nor code.
  router.head('/', (_request, response) => void response.end())

  router.get('/', async (request, response) => {
    const { userId } = request.session
    const stateHash = hashState(readParameter(request, 'state') ?? '')

    // RFC 6749 §10.12: the state must be one that this browser was given, and it works once.
    const attempt = userId && (await attempts.take(context.db, stateHash, userId, seconds(context.clock)))
    if (!attempt) return answerAgain(context, request, response, stateHash)

    try {
      await finish(context, request, response, userId, attempt, stateHash)
    } finally {
      await attempts.settle(context.db, stateHash, seconds(context.clock))
    }
  })
  return router
}

async function finish(
  context: Context,
  request: Request,
  response: Response,
  userId: string,
  attempt: attempts.Attempt,
  stateHash: string,
): Promise<void> {
  const server = await context.metadata.get().catch(authServerUnavailable(CONNECT_AGAIN))

  // RFC 9207 §2.4: the answer of another server is not read, whether it is a code or an error.
  checkIssuer(server, readParameter(request, 'iss'))

  // RFC 6749 §4.1.2.1
  const error = readParameter(request, 'error')
  if (error) return refusedAuthorization(context.log, response, error, readParameter(request, 'error_description'))

  const code = readParameter(request, 'code')
  if (!code) throw refuse('It contains neither a code nor an error.')
  // RFC 6749 Appendix A.11: a code is visible ASCII. Anything else is not a code, and is not sent on.
  if (!/^[\x20-\x7e]+$/.test(code)) throw refuse('The code in it is malformed.')

  const codeVerifier = unseal(context.config.encryptionKey, attempt.code_verifier, stateHash)
  if (!codeVerifier) throw refuse('This sign-in was started before Tripmate’s encryption key changed.')

  const tokens = await redeemCode(context, code, codeVerifier, attempt.scope)
    .catch(refusedCode)
    .catch(authServerUnavailable(CONNECT_AGAIN))
  await connect(context, userId, tokens)
  await renewSession(request)
  const { draft } = request.session
  say(
    request,
    'success',
    draft ? `Your calendar is connected. Here is ${draft.name} again.` : 'Your calendar is connected.',
  )
  response.redirect(303, attempt.return_to)
}

/**
 * An answer whose state was already used, or was never issued. After a second click, a reload or the back button, the user
 * may have connected meanwhile and sees that. No code is sent on from here.
 */
async function answerAgain(context: Context, request: Request, response: Response, stateHash: string): Promise<void> {
  const { userId } = request.session
  const fate = userId && (await attempts.fateOf(context.db, stateHash, userId))
  if (userId && fate) {
    if (fate === 'under way') await settled(context, stateHash, userId)
    if ((await stateOf(context, userId)).is === 'connected') {
      // The browser never received the answer with the renewed session, so it is renewed in this answer.
      if (fate === 'under way') await renewSession(request)
      say(request, 'info', 'Your calendar is already connected.')
      return response.redirect(303, '/')
    }
    const error = readParameter(request, 'error')
    if (error) {
      const server = await context.metadata.get().catch(authServerUnavailable(CONNECT_AGAIN))
      checkIssuer(server, readParameter(request, 'iss'))
      return refusedAuthorization(context.log, response, error, readParameter(request, 'error_description'))
    }
    throw refuse('It was used before, and each answer works only once.')
  }
  showRefused(response, 'state', 'Tripmate did not give this browser this value, so it refuses the answer.')
  throw refuse(
    'It does not belong to a request that this browser made in the last ten minutes. Perhaps signing in took longer, your browser blocks cookies, or you followed a link from someone else.',
    whatItCarried(request),
  )
}

/**
 * For developers who made the request by hand: without a `state` of ours, the answer is refused unread, but its error code
 * helps to correct the request. The description is not quoted, because an attacker may have written it.
 */
function whatItCarried(request: Request): string {
  const error = readParameter(request, 'error')
  const state = readParameter(request, 'state') ? 'a state that is not from this browser' : 'no state'
  if (error && isAuthorizationError(error)) {
    return `The answer has ${state} and error=${error} (RFC 6749 §4.1.2.1): the authorization server refused the request. See error_description in the address of this page.`
  }
  return `The answer has ${state}. Tripmate accepts only an answer with the state that it gave this browser at /connect (RFC 6749 §10.12), so it refuses the answer to an authorization request made by hand.`
}

const LOOK_AGAIN_MS = 50

/** Waits for the request that used the state first, here or in another copy, for as long as its calls may take. */
async function settled(context: Context, stateHash: string, userId: string): Promise<void> {
  const patience = 2 * context.config.httpTimeoutMs
  for (let waited = 0; waited < patience; waited += LOOK_AGAIN_MS) {
    if ((await attempts.fateOf(context.db, stateHash, userId)) !== 'under way') return
    await pause(LOOK_AGAIN_MS)
  }
}

/** RFC 9207 §2.4 @throws PageError */
function checkIssuer(server: AuthorizationServer, issuer: string | undefined): void {
  if (issuer === undefined && !server.sendsIssuer) return
  if (issuer !== server.issuer) {
    throw refuse('It does not name Glasshouse Accounts, where Tripmate sent you, as its sender.')
  }
}

function refuse(why: string, forDeveloper?: string): PageError {
  return new PageError(
    400,
    'This answer cannot be used',
    `${why} Nothing was connected. Please connect your calendar again.`,
    [CONNECT_AGAIN, HOME],
    forDeveloper === undefined ? {} : { forDeveloper },
  )
}

/** RFC 6749 §3.1: a parameter MUST NOT be included more than once; a repeated one counts as missing. */
function readParameter(request: Request, name: string): string | undefined {
  const value = request.query[name]
  return typeof value === 'string' && value ? value : undefined
}
