/** Disconnecting: the tokens are revoked (RFC 7009) and deleted. The page that asks, and the target of its form. */
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
    const account = `${context.config.addresses.authServerUrl}/account`
    const revoked = await disconnect(context, userOf(request))
    if (revoked) {
      const text =
        'Your calendar is disconnected. Tripmate’s tokens are revoked, so it can no longer see or change your calendar. Glasshouse Accounts still remembers that you allowed access, so it will not ask you if you connect again.'
      say(request, 'success', text, { href: account, label: 'Withdraw Tripmate’s access' })
    } else {
      const text =
        'Tripmate has deleted its tokens for your calendar, but could not reach Glasshouse Accounts to revoke them. To make sure that nobody can use them, withdraw Tripmate’s access there.'
      say(request, 'warning', text, { href: account, label: 'Withdraw Tripmate’s access' })
    }
    response.redirect(303, '/')
  })
  return router
}
