/**
 * The levers that the Lab has at Glasshouse Accounts, in demo mode only: buttons of `/account` that can be pressed from the Lab,
 * and an access token that ends although its time is not over. You can skip this file: nothing else depends on it, and in
 * production none of it can be reached.
 */
import { tripmate } from '@glasshouse/shared/cast'
import { seconds } from '@glasshouse/shared/clock'
import { backToLab, fromLabPage, fromThisMachine } from '@glasshouse/shared/lab/demo-levers'
import { type Request, Router } from 'express'
import type { Context } from './context'
import { signedIn, signOut } from './session'
import * as consents from './store/consents'
import * as refreshTokens from './store/refresh-tokens'
import * as tokenFamilies from './store/token-families'
import { endAccessToken, withdrawConsent } from './tokens/withdrawal'

export function demoLevers(context: Context): Router {
  const { labUrl } = context.config.addresses
  const router = Router()

  router.get('/lights', fromThisMachine, async (request, response) => {
    response.json(await lightsOf(context, request))
  })

  router.post('/sign-out', fromLabPage(labUrl), async (request, response) => {
    await signOut(request)
    backToLab(request, response, labUrl)
  })

  router.post('/withdraw', fromLabPage(labUrl), async (request, response) => {
    const resourceOwner = await signedIn(context, request)
    if (resourceOwner) await withdrawConsent(context, resourceOwner.id, tripmate.id)
    backToLab(request, response, labUrl, resourceOwner ? undefined : 'no-session')
  })

  /**
   * The API has moved its clock for this token (its own `demo-levers.ts`) and forgets that when it is restarted. So the token is
   * ended here too, and `/introspect` says that it is not active.
   */
  router.post('/expire', fromThisMachine, async (request, response) => {
    const [jti, exp] = [String(request.body?.jti ?? ''), Number(request.body?.exp)]
    const isToken = /^[\w-]+\.[\w-]+$/.test(jti) && Number.isSafeInteger(exp)
    if (isToken) await endAccessToken(context, jti, exp)
    response.status(isToken ? 204 : 400).end()
  })
  return router
}

/** @param request its `grant` is the id of a token family: what of it still works? */
async function lightsOf(context: Context, request: Request) {
  const { db, clock } = context
  const person = await signedIn(context, request)
  const family = await tokenFamilies.find(db, String(request.query.grant ?? ''))
  const userId = family?.userId ?? person?.id
  const clientId = family?.clientId ?? tripmate.id
  return {
    signedInAs: person?.name ?? null,
    isGrantor: person !== undefined && person.id === userId,
    consent: userId !== undefined && (await consents.find(db, userId, clientId)) !== undefined,
    refreshToken:
      family !== undefined && !family.ended && (await refreshTokens.hasCurrent(db, family.id, seconds(clock))),
  }
}
