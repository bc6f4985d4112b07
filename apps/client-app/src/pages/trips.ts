/** The user's trips, the ready-made trips to choose from, and a form for a new trip. */
import { randomUUID } from 'node:crypto'
import { seconds } from '@glasshouse/shared/clock'
import { type Request, type Response, Router } from 'express'
import 'express-session'
import { shortDate } from '../calendar/agenda'
import { addDays, isDate, isTimeZone, toLocal } from '../calendar/time'
import type { Context } from '../context'
import { takeNotice, userOf } from '../session'
import * as trips from '../store/trips'
import { timeZoneFor, timeZoneOptions } from '../time-zone'
import { findItinerary, ITINERARIES } from '../trips/itineraries'
import { itemsOf, LONGEST_TRIP_NAME, suggestedStart } from '../trips/trip'
import { logBadFields, textField } from './form'

/** Enough for any user, and a limit for scripts. */
const MOST_TRIPS = 100

export function tripsPage(context: Context): Router {
  const { db, clock, log } = context
  const router = Router()

  router.get('/', async (request, response) => {
    await show(request, response, { name: '', startsOn: '', timeZone: timeZoneFor(request) })
  })

  router.post('/', async (request, response) => {
    const userId = userOf(request)
    const itinerary = findItinerary(request.body?.itinerary)
    const today = toLocal(clock(), timeZoneFor(request)).slice(0, 10)
    const asked = textField(request, 'startsOn')
    const startsOn = asked || (itinerary ? suggestedStart(itinerary, today) : '')
    const name = itinerary?.name ?? textField(request, 'name')
    const timeZone = itinerary?.timeZone ?? (textField(request, 'timeZone') || timeZoneFor(request))
    const errors = {
      ...(!name && { name: 'Give your trip a name.' }),
      ...(name.length > LONGEST_TRIP_NAME && { name: `Use at most ${LONGEST_TRIP_NAME} characters.` }),
      ...(!isDate(startsOn) && { startsOn: 'Enter the first day of the trip.' }),
      ...(!isTimeZone(timeZone) && { timeZone: 'Choose a time zone from the list.' }),
      ...((await trips.listOf(db, userId)).length >= MOST_TRIPS && {
        name: `You have ${MOST_TRIPS} trips. Delete one to make room.`,
      }),
    }
    if (Object.keys(errors).length > 0) {
      response.status(400)
      logBadFields(log, response, 'trip-form', errors)
      return show(request, response, { name, startsOn, timeZone }, errors)
    }
    const id = randomUUID()
    const trip = { id, user_id: userId, name, starts_on: startsOn, time_zone: timeZone, created_at: seconds(clock) }
    await trips.add(db, trip, itinerary ? itemsOf(itinerary, id, startsOn) : [])
    response.redirect(303, `/trips/${id}`)
  })

  async function show(request: Request, response: Response, fields: object, errors: object = {}): Promise<void> {
    const { userId } = request.session
    const mine = userId ? await trips.listOf(db, userId) : []
    const today = toLocal(clock(), timeZoneFor(request)).slice(0, 10)
    response.render('trips', {
      notice: takeNotice(request),
      trips: mine.map(trip => ({ ...trip, startsOn: shortDate(trip.starts_on) })),
      itineraries: ITINERARIES.map(itinerary => {
        const startsOn = suggestedStart(itinerary, today)
        return { ...itinerary, startsOn, endsOn: addDays(startsOn, itinerary.days - 1), when: shortDate(startsOn) }
      }),
      fields,
      errors,
      timeZoneOptions,
    })
  }

  return router
}
