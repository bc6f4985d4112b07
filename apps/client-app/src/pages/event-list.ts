/** All events from a given day on, page by page. The start page and the trip pages link here if they show only some. */
import { Router } from 'express'
import 'express-session'
import { listRows } from '../calendar/agenda'
import { listPage } from '../calendar/calendar-client'
import { addDays, isDate, toLocal } from '../calendar/time'
import type { Context } from '../context'
import { takeNotice, userOf } from '../session'
import { timeZoneFor } from '../time-zone'
import { troublePage } from './trouble'

const PAGE_SIZE = 100

export function eventListPage(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const { from: asked, after } = request.query
    const today = toLocal(context.clock(), timeZoneFor(request)).slice(0, 10)
    const from = typeof asked === 'string' && isDate(asked) ? asked : today
    // One more day, because the user's midnight may be earlier than midnight UTC.
    const range = { timeMin: `${addDays(from, -1)}T00:00:00Z` }
    const page = typeof after === 'string' && after ? after : undefined
    const list = await listPage(context, userOf(request), range, PAGE_SIZE, page).catch(troublePage)
    const timeZone = timeZoneFor(request, list.events)
    response.render('events', {
      notice: takeNotice(request),
      from,
      timeZone,
      rows: listRows(list.events, timeZone),
      unreadable: list.unreadable,
      isFirst: !page,
      next: list.more && `/events?${new URLSearchParams({ from, after: list.more })}`,
    })
  })
  return router
}
