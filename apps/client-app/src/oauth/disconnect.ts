/** Disconnecting: the tokens are revoked (RFC 7009) and forgotten. A page that asks, and the form's target. */
import { Router } from 'express'
import type { Context } from '../context'
import { say, userOf } from '../session'
import { disconnect, stateOf } from './connection'

export function disconnectPage(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const state = await stateOf(context, userOf(request))
    if (state.is === 'none') return response.redirect(303, '/')
    response.render('disconnect')
  })
  router.post('/', async (request, response) => {
    const heard = await disconnect(context, userOf(request))
    if (heard) say(request, 'success', 'Your calendar is disconnected. Tripmate can no longer see or change it.')
    else {
      say(
        request,
        'warning',
        `Tripmate has deleted its keys to your calendar, but Glasshouse Accounts could not be told. To be sure that nobody can use them, withdraw Tripmate’s access at ${context.config.addresses.authServerUrl}/account.`,
      )
    }
    response.redirect(303, '/')
  })
  return router
}
