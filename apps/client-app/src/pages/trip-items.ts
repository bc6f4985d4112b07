/** One activity of a trip: the form that adds or changes it. The calendar is updated only when the user asks for it. */
import { randomUUID } from 'node:crypto'
import { PageError } from '@glasshouse/shared/page-error'
import { type Request, type Response, Router } from 'express'
import 'express-session'
import { type EventFields, type FieldErrors, readEventForm } from '../calendar/event-form'
import { toLocal } from '../calendar/time'
import type { Context } from '../context'
import { say } from '../session'
import * as trips from '../store/trips'
import { timeZoneOptions } from '../time-zone'
import { logBadFields } from './form'
import { tripOf } from './trip'

const MOST_ITEMS = 200
const NO_TEXT = { location: '', description: '', endTimeZone: '' }

export function tripItemPages(context: Context): Router {
  const { db, log } = context
  const router = Router({ mergeParams: true })

  router.get('/new', async (request, response) => {
    const trip = await tripOf(context, request)
    const [start, end] = [`${trip.starts_on}T10:00`, `${trip.starts_on}T11:00`]
    show(response, trip, { ...NO_TEXT, summary: '', start, end, timeZone: trip.time_zone })
  })

  router.post('/', async (request, response) => {
    const trip = await tripOf(context, request)
    const { fields, content, errors } = readItemForm(request, trip)
    if (!content) return showErrors(response, trip, fields, errors)
    if ((await trips.itemsOf(db, trip.id)).length >= MOST_ITEMS) {
      throw new PageError(400, 'This trip is full', `A trip can have at most ${MOST_ITEMS} activities.`, [
        { href: `/trips/${trip.id}`, label: 'Back to the trip' },
      ])
    }
    await trips.addItem(db, { id: randomUUID(), trip_id: trip.id, ...content })
    say(request, 'success', `“${content.summary}” was added to your trip.`)
    response.redirect(303, `/trips/${trip.id}`)
  })

  router.get('/:itemId', async (request, response) => {
    const trip = await tripOf(context, request)
    const item = await itemOf(context, request, trip)
    const { summary, location, notes: description, starts_at: start, ends_at: end, time_zone: timeZone } = item
    show(response, trip, { ...NO_TEXT, summary, location, description, start, end, timeZone }, {}, item)
  })

  router.post('/:itemId', async (request, response) => {
    const trip = await tripOf(context, request)
    const item = await itemOf(context, request, trip)
    const { fields, content, errors } = readItemForm(request, trip)
    if (!content) return showErrors(response, trip, fields, errors, item)
    await trips.changeItem(db, item.id, content)
    say(request, 'success', item.event_content ? 'Saved. The event in your calendar is not updated yet.' : 'Saved.')
    response.redirect(303, `/trips/${trip.id}`)
  })

  router.post('/:itemId/delete', async (request, response) => {
    const trip = await tripOf(context, request)
    const item = await itemOf(context, request, trip)
    await trips.removeItem(db, item.id)
    say(
      request,
      'success',
      item.event_content
        ? `“${item.summary}” was removed from your trip. Its event is still in your calendar.`
        : `“${item.summary}” was removed from your trip.`,
    )
    response.redirect(303, `/trips/${trip.id}`)
  })

  function showErrors(
    response: Response,
    trip: trips.TripRow,
    fields: EventFields,
    errors: FieldErrors,
    item?: trips.TripItemRow,
  ) {
    response.status(400)
    logBadFields(log, response, 'trip-item-form', errors)
    show(response, trip, fields, errors, item)
  }

  function show(
    response: Response,
    trip: trips.TripRow,
    fields: EventFields,
    errors: FieldErrors = {},
    item?: trips.TripItemRow,
  ): void {
    response.render('trip-item', { trip, item, fields, errors, timeZoneOptions })
  }

  return router
}

async function itemOf(context: Context, request: Request, trip: trips.TripRow): Promise<trips.TripItemRow> {
  const items = await trips.itemsOf(context.db, trip.id)
  const item = items.find(one => one.id === request.params.itemId)
  if (item) return item
  throw new PageError(404, 'This activity is not on your trip', 'It may have been removed in another tab.', [
    { href: `/trips/${trip.id}`, label: 'Back to the trip' },
  ])
}

/** Reads the form of an event for a trip. An activity has times, not whole days. */
function readItemForm(request: Request, trip: trips.TripRow) {
  const { fields, content, errors } = readEventForm(request.body, trip.time_zone)
  if (!content) return { fields, content: undefined, errors }
  if ('date' in content.start || 'date' in content.end) {
    return { fields, content: undefined, errors: { start: 'Enter a start time as well as a date.' } }
  }
  const local = ({ dateTime }: { dateTime: string }) => toLocal(Date.parse(dateTime), fields.timeZone)
  const { summary, location = '', description: notes = '' } = content
  const item: trips.ItemContent = {
    summary,
    location,
    notes,
    starts_at: local(content.start),
    ends_at: local(content.end),
    time_zone: fields.timeZone,
  }
  return { fields, content: item, errors }
}
