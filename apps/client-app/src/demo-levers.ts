/**
 * The levers that the Lab has at Tripmate, in demo mode only. Each does at once what Tripmate otherwise does when it is time.
 * You can skip this file: nothing else depends on it, and in production none of it can be reached.
 */
import { backToLab, fromLabPage, fromThisMachine } from '@glasshouse/shared/lab/demo-levers'
import { type Request, type Response, Router } from 'express'
import { listEvents } from './calendar/calendar-client'
import { CalendarTrouble } from './calendar/calendar-trouble'
import type { Context } from './context'
import { disconnect, NotConnected, refreshNow, stateOf, withAccessToken } from './oauth/connection'
import { AuthServerUnavailable } from './oauth/server-metadata'
import { refreshTokens, revokeToken, TokenRefused } from './oauth/token-request'

type Lever = (context: Context, userId: string, request: Request) => Promise<unknown>

const LEVERS: Record<string, Lever> = {
  disconnect,
  refresh: refreshNow,
  /** One call of the API, as a page of Tripmate would make it. */
  call: (context, userId) =>
    listEvents(context, userId, { timeMin: new Date(context.clock()).toISOString() }, () => true),
  /** RFC 7009 §2: one access token, and not the refresh token. */
  revoke: (context, userId) =>
    withAccessToken(context, userId, async accessToken => {
      await revokeToken(context, accessToken, 'access_token')
      return true
    }),
  /** RFC 9700 §4.14.2: what a thief would do with a refresh token that was replaced. */
  replay: (context, _userId, request) => refreshTokens(context, String(request.body?.refresh_token ?? ''), ''),
}

export function demoLevers(context: Context): Router {
  const { labUrl } = context.config.addresses
  const router = Router()

  router.get('/lights', fromThisMachine, async (request, response) => {
    const { userId } = request.session
    const connection = userId ? await stateOf(context, userId) : undefined
    response.json({ session: userId !== undefined, connected: connection?.is === 'connected' })
  })

  router.post('/sign-out', fromLabPage(labUrl), async (request, response) => {
    await endSession(context, request)
    backToLab(request, response, labUrl)
  })

  for (const [name, pull] of Object.entries(LEVERS)) {
    router.post(`/${name}`, fromLabPage(labUrl), async (request: Request, response: Response) => {
      const { userId } = request.session
      const failed = userId ? await outcomeOf(pull(context, userId, request)) : 'no-session'
      backToLab(request, response, labUrl, failed)
    })
  }
  return router
}

/** @returns undefined if it worked, or was refused by another party: the Lab shows the message that says so */
async function outcomeOf(pulled: Promise<unknown>): Promise<string | undefined> {
  try {
    await pulled
    return undefined
  } catch (error) {
    if (error instanceof TokenRefused) return undefined
    if (error instanceof NotConnected) return error.ended ? undefined : 'not-connected'
    if (error instanceof AuthServerUnavailable || error instanceof CalendarTrouble) return 'no-answer'
    throw error
  }
}

/** The session ends now. What belonged to it is deleted like that of any ended session (`store/sweep.ts`). */
async function endSession({ db, clock }: Context, request: Request): Promise<void> {
  await db.updateTable('sessions').set({ expires_at: clock() }).where('id', '=', request.sessionID).execute()
  // Without it, express-session would prolong the session at the end of this request.
  Object.assign(request, { session: undefined })
}
