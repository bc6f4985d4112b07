/** One trip beside the calendar: it can be added as a whole or one activity at a time, moved, renamed and deleted. */
import { PageError } from '@glasshouse/shared/page-error'
import { type Request, Router } from 'express'
import 'express-session'
import { dateInWords, listRows, spanOf } from '../calendar/agenda'
import { deleteEvent, listEvents } from '../calendar/calendar-client'
import { unlessGone } from '../calendar/calendar-trouble'
import { isDate } from '../calendar/time'
import type { Context } from '../context'
import { stateOf } from '../oauth/connection'
import { say, takeNotice, userOf } from '../session'
import * as trips from '../store/trips'
import { bringToCalendar, deletedOf, stateOfItem } from '../trips/add-to-calendar'
import { byDay, eventOf, LONGEST_TRIP_NAME, rangeOf, shiftItems } from '../trips/trip'
import { logBadFields, textField } from './form'
import { asTrouble, describeTrouble, isTrouble, logTrouble, troublePage } from './trouble'

export function tripPage(context: Context): Router {
  const { db, log } = context
  const router = Router()

  router.get('/:id', async (request, response) => {
    const trip = await tripOf(context, request)
    const beside = await readBeside(context, request, trip)
    // Read again, because events that were deleted from the calendar have just been recorded.
    const items = (await trips.itemsOf(db, trip.id)).map(item => ({
      ...item,
      state: stateOfItem(item),
      there: spanOf(eventOf(item), trip.time_zone),
    }))
    response.render('trip', {
      trip,
      days: byDay(items, trip.starts_on).map(day => ({ ...day, label: dateInWords(day.date) })),
      count: {
        all: items.length,
        new: items.filter(item => item.state === 'new').length,
        changed: items.filter(item => item.state === 'changed').length,
        there: items.filter(item => item.state !== 'new').length,
      },
      connection: await stateOf(context, userOf(request)),
      notice: takeNotice(request),
      ...beside,
    })
  })

  router.post('/:id', async (request, response) => {
    const trip = await tripOf(context, request)
    const name = textField(request, 'name') || trip.name
    const startsOn = textField(request, 'startsOn') || trip.starts_on
    const errors = {
      ...(!isDate(startsOn) && { startsOn: 'Enter a date, such as 2027-05-01.' }),
      ...(name.length > LONGEST_TRIP_NAME && { name: `Use at most ${LONGEST_TRIP_NAME} characters.` }),
    }
    const [error] = Object.values(errors)
    if (error) {
      logBadFields(log, response, 'trip-form', errors)
      say(request, 'error', error)
      return response.redirect(303, `/trips/${trip.id}`)
    }
    const items = await trips.itemsOf(db, trip.id)
    await trips.change(db, trip.id, { name, starts_on: startsOn }, shiftItems(items, trip.starts_on, startsOn))
    const moved = startsOn !== trip.starts_on && items.some(item => item.event_content)
    say(
      request,
      'success',
      moved ? 'Trip moved. Its calendar events still have the old dates; update them below.' : 'Saved.',
    )
    response.redirect(303, `/trips/${trip.id}`)
  })

  router.post('/:id/calendar', async (request, response) => {
    const trip = await tripOf(context, request)
    const one = textField(request, 'item')
    const items = (await trips.itemsOf(db, trip.id)).filter(item => !one || item.id === one)
    const back = `/trips/${trip.id}`
    try {
      const { added, changed } = await bringToCalendar(context, userOf(request), items)
      say(request, 'success', whatHappened(added, changed))
    } catch (error) {
      const trouble = describeTrouble(error)
      if (!trouble) throw error
      // The plan is stored here, so only the page to return to must be remembered.
      if (trouble.next) request.session.draft = { page: back, name: `your trip “${trip.name}”`, fields: {} }
      logTrouble(log, response, trouble)
      say(request, 'error', `${trouble.title}. ${trouble.detail}`)
    }
    response.redirect(303, back)
  })

  router.get('/:id/delete', async (request, response) => {
    const trip = await tripOf(context, request)
    const items = await trips.itemsOf(db, trip.id)
    response.render('delete-trip', { trip, there: items.filter(item => item.event_content).length })
  })

  router.post('/:id/delete', async (request, response) => {
    const trip = await tripOf(context, request)
    const items = await trips.itemsOf(db, trip.id)
    if (textField(request, 'events') === 'delete') {
      for (const item of items) {
        if (!item.event_id || !item.event_content) continue
        await deleteEvent(context, userOf(request), item.event_id).catch(unlessGone).catch(troublePage)
        await trips.forgetEvent(db, userOf(request), item.event_id)
      }
    }
    await trips.remove(db, trip.id)
    say(request, 'success', `“${trip.name}” was deleted.`)
    response.redirect(303, '/trips')
  })

  return router
}

/** The user's trip with the id in the path. @throws PageError 404 */
export async function tripOf(context: Context, request: Request): Promise<trips.TripRow> {
  const { userId } = request.session
  const trip = userId && (await trips.find(context.db, userId, String(request.params.id)))
  if (trip) return trip
  throw new PageError(404, 'Trip not found', 'It was deleted, or it was planned in another browser.', [
    { href: '/trips', label: 'See your trips' },
  ])
}

/** The other events on these days. Also records which of the trip's events were deleted from the calendar. */
async function readBeside(context: Context, request: Request, trip: trips.TripRow) {
  const userId = userOf(request)
  const nothing = { trouble: undefined, others: undefined, isPart: false, unreadable: 0 }
  const state = await stateOf(context, userId)
  if (state.is !== 'connected' || !state.canRead) return nothing
  const items = await trips.itemsOf(context.db, trip.id)
  const read = async () => {
    const list = await listEvents(context, userId, rangeOf(items, trip.starts_on))
    for (const item of await deletedOf(context, userId, items, list.events)) {
      if (item.event_id) await trips.forgetEvent(context.db, userId, item.event_id)
    }
    return list
  }
  const list = await read().catch(asTrouble)
  if (isTrouble(list)) return { ...nothing, trouble: list }
  const own = new Set(items.map(item => item.event_id))
  const others = list.events.filter(event => !own.has(event.id))
  const { unreadable, more } = list
  return { trouble: undefined, others: listRows(others, trip.time_zone), isPart: Boolean(more), unreadable }
}

function whatHappened(added: number, changed: number): string {
  const events = (count: number) => (count === 1 ? '1 event' : `${count} events`)
  if (added > 0 && changed > 0) return `${events(added)} added to your calendar, ${events(changed)} updated.`
  if (added > 0) return `${events(added)} added to your calendar.`
  if (changed > 0) return `${events(changed)} updated in your calendar.`
  return 'Everything is already in your calendar.'
}
