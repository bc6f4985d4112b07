/** The account page: shows the user which apps have access to what, and lets them withdraw it. */
import { seconds } from '@glasshouse/shared/clock'
import { PageError } from '@glasshouse/shared/page-error'
import { Router } from 'express'
import 'express-session'
import type { Context } from '../context'
import { signedIn, signOut } from '../session'
import * as consents from '../store/consents'
import * as tokenFamilies from '../store/token-families'
import { withdrawConsent } from '../tokens/withdrawal'
import { SCOPE_IN_WORDS } from './consent'
import { textField } from './pending-request'

export function accountPage(context: Context): Router {
  const router = Router()

  router.get('/', async (request, response) => {
    const resourceOwner = await signedIn(context, request)
    if (!resourceOwner) return response.redirect(303, '/login')
    const connected = await consents.listOf(context.db, resourceOwner.id)
    const live = await tokenFamilies.countLive(context.db, resourceOwner.id, seconds(context.clock))
    const withdrawn = request.session.withdrawn
    if (request.method !== 'HEAD') delete request.session.withdrawn
    response.render('account', {
      owner: resourceOwner,
      withdrawn,
      clients: connected.map(client => ({
        ...client,
        allowed: client.scope.map(value => SCOPE_IN_WORDS[value].title),
        granted: inWords(client.grantedAt),
        lastToken: client.lastTokenAt === undefined ? undefined : inWords(client.lastTokenAt),
        connections: live.get(client.clientId) ?? 0,
      })),
    })
  })

  router.post('/withdraw', async (request, response) => {
    const resourceOwner = await signedIn(context, request)
    if (!resourceOwner) return response.redirect(303, '/login')
    const clientId = textField(request, 'client_id')
    const client = (await consents.listOf(context.db, resourceOwner.id)).find(one => one.clientId === clientId)
    if (!client) {
      throw new PageError(404, 'This app has no access', 'Access was already withdrawn, or you never gave it.', [
        { href: '/account', label: 'See which apps have access' },
      ])
    }
    await withdrawConsent(context, resourceOwner.id, clientId)
    request.session.withdrawn = client.clientName
    response.redirect(303, '/account')
  })

  router.post('/sign-out', async (request, response) => {
    await signOut(request)
    response.redirect(303, '/login')
  })

  return router
}

declare module 'express-session' {
  interface SessionData {
    /** The name of the app whose access was just withdrawn, for a confirmation that is shown once. */
    withdrawn: string
  }
}

/** @param time seconds since the epoch. The view marks the time up, so that a script can show the user's zone. */
function inWords(time: number): { iso: string; text: string } {
  const iso = new Date(time * 1000).toISOString()
  return { iso, text: `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` }
}
