/**
 * Glasshouse Calendar, the owner's page at this API's own address. It is an OAuth client that runs in the browser
 * (public/calendar/): the server only delivers the page, and never sees its tokens except as bearer tokens at the API.
 */
import { dirname } from 'node:path'
import { calendarPage, tripmate } from '@glasshouse/shared/cast'
import { allowRequestsTo } from '@glasshouse/shared/security-headers'
import { type Response, Router } from 'express'
import type { Context } from '../context'
import { methodNotAllowed } from '../problem'

/** The folder with the files of the calendar widget (FullCalendar). */
export const WIDGET = dirname(require.resolve('fullcalendar/package.json'))

/** The names that users know, for the apps whose events the page shows. Other apps are shown by their `client_id`. */
const APP_NAMES = { [calendarPage.id]: calendarPage.name, [tripmate.id]: tripmate.name }

export function homePage({ config }: Context): Router {
  const { demo, issuer, resource, addresses } = config
  const router = Router({ caseSensitive: true })

  const answer = (response: Response) => {
    // The page asks for its tokens at the token endpoint, which has another origin. It sends requests to no third one.
    allowRequestsTo(response, issuer)
    response.set('Cache-Control', 'no-store').render('calendar', {
      // Only demo mode has a client for this page.
      clientId: demo ? calendarPage.id : '',
      redirectUri: `${resource}/callback`,
      issuer,
      appNames: JSON.stringify(demo ? APP_NAMES : {}),
      tripmateUrl: demo ? addresses.clientAppUrl : '',
    })
  }
  router.get('/', (_request, response) => answer(response))
  // Step 3: the same page, which reads the authorization response out of its address and removes it from there.
  router.get('/callback', (_request, response) => answer(response))
  router.all(['/', '/callback'], methodNotAllowed('GET, HEAD'))
  return router
}

/** The links at the top of every page. @param here the path of the page */
export function navigationTo(authServerUrl: string) {
  return (here: string) =>
    [
      { href: '/', label: 'Calendar' },
      { href: `${authServerUrl}/account`, label: 'Apps with access' },
      { href: '/docs', label: 'API' },
    ].map(item => ({ ...item, current: item.href === here }))
}
