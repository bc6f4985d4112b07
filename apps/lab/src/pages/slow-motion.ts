/** The switch of slow motion (`views/parts/slow-switch.ejs`). The services read its cookie, and do the stopping. */
import { bodyLimit } from '@glasshouse/shared/body-limit'
import { isSlow, isSlowMotionPossible, slowCookie } from '@glasshouse/shared/lab/slow-cookie'
import { PageError } from '@glasshouse/shared/page-error'
import express, { Router } from 'express'
import type { Context } from '../context'

/** In bytes: the form carries the address of the page that it is on. */
const FORM_LIMIT = 4 * 1024

/** Mount it before the rooms, because it gives their views `slowMotion`. */
export function slowMotionSwitch({ config }: Context): Router {
  const { addresses } = config
  const router = Router()
  if (!isSlowMotionPossible(addresses)) return router

  router.use((request, response, next) => {
    response.locals.slowMotion = { on: isSlow(request.headers.cookie), back: request.originalUrl }
    next()
  })

  router.post(
    '/slow',
    bodyLimit(FORM_LIMIT),
    express.urlencoded({ extended: false, limit: FORM_LIMIT }),
    (request, response) => {
      // No anti-forgery field: the switch changes nothing but the pace, and other sites are kept out.
      if (request.get('Sec-Fetch-Site') === 'cross-site') {
        throw new PageError(403, 'This form was sent from another site', 'Slow motion was not changed.', [
          { href: '/', label: 'Go to the Lab' },
        ])
      }
      const { value, back } = (request.body ?? {}) as Record<string, unknown>
      response.append('Set-Cookie', slowCookie(value === 'on', addresses.labUrl.startsWith('https:')))
      response.redirect(303, localPath(back, addresses.labUrl))
    },
  )
  return router
}

/** @returns a path of the Lab, whatever `back` is, so that this is not an open redirector */
function localPath(back: unknown, origin: string): string {
  if (typeof back !== 'string' || !back.startsWith('/') || !URL.canParse(back, origin)) return '/'
  const url = new URL(back, origin)
  return url.origin === origin ? url.pathname + url.search : '/'
}
