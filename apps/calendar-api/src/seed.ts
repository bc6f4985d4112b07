/** The events of alice and bob at the first start of the demo, for last week, this week and next week. */
import { alice, bob } from '@glasshouse/shared/cast'
import type { Clock } from '@glasshouse/shared/clock'
import { DateTime } from 'luxon'
import { NEW_ENTRY, primaryOf } from './calendar/calendar'
import { readEvent } from './calendar/event-input'
import * as calendars from './store/calendars'
import * as events from './store/events'
import type { Database } from './store/schema'

/** Runs once for each user, so that deleted events stay deleted. @param clock determines which week is this week */
export async function seed(db: Database, clock: Clock): Promise<void> {
  for (const calendar of CALENDARS) {
    // All or nothing, even if the service is stopped in the middle.
    await db.transaction().execute(async transaction => {
      if (!(await events.markSeeded(transaction, calendar.owner))) return
      const creator = { id: calendar.owner }
      const about = { summary: calendar.name, timeZone: calendar.timeZone }
      await calendars.replace(transaction, primaryOf(calendar.owner), { about, entry: NEW_ENTRY }, clock())
      const monday = DateTime.fromMillis(clock(), { zone: calendar.timeZone }).startOf('week')
      for (const entry of calendar.entries) {
        const { content, span } = readEvent(toBody(entry, monday))
        await events.add(transaction, calendar.owner, events.createEventId(), { content, span, creator }, clock())
      }
    })
  }
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
type Day = `${'last' | 'this' | 'next'} ${(typeof DAYS)[number]}`

interface Entry {
  day: Day
  /** Local times, e.g. `09:30-10:00`, or the number of whole days. */
  when: `${string}:${string}-${string}:${string}` | number
  summary: string
  location?: string
  description?: string
  status?: 'tentative'
}

function toBody({ day, when, ...texts }: Entry, monday: DateTime): unknown {
  const [week, weekday] = day.split(' ')
  const weeks = { last: -1, this: 0, next: 1 }[week as 'last' | 'this' | 'next']
  const date = monday.plus({ weeks, days: DAYS.indexOf(weekday as (typeof DAYS)[number]) })
  if (typeof when === 'number') {
    return { ...texts, start: { date: date.toISODate() }, end: { date: date.plus({ days: when }).toISODate() } }
  }
  const [start, end] = when.split('-').map(time => {
    const [hour, minute] = time.split(':').map(Number)
    return { dateTime: date.set({ hour, minute }).toISO({ suppressMilliseconds: true }), timeZone: monday.zoneName }
  })
  return { ...texts, start, end }
}

const CALENDARS: { owner: string; name: string; timeZone: string; entries: Entry[] }[] = [
  {
    owner: alice.id,
    name: alice.name,
    timeZone: 'Europe/London',
    entries: [
      { day: 'last Mon', when: '09:30-10:00', summary: 'Stand-up', location: 'Room 3' },
      { day: 'last Tue', when: '14:00-15:00', summary: 'Cover designs: first look', location: 'Studio' },
      { day: 'last Wed', when: '18:30-19:30', summary: 'Pottery class', location: 'Jericho Arts Centre' },
      { day: 'last Thu', when: '11:00-11:45', summary: 'Dentist', location: '12 St Giles’' },
      { day: 'last Sat', when: '10:00-12:00', summary: 'Allotment with Edith' },
      { day: 'this Mon', when: '09:30-10:00', summary: 'Stand-up', location: 'Room 3' },
      {
        day: 'this Tue',
        when: '10:00-11:30',
        summary: 'Illustrations review',
        location: 'Studio',
        description: 'Bring the proofs of chapters 5 to 7. The rabbit’s waistcoat is still the wrong blue.',
      },
      { day: 'this Tue', when: '13:00-14:00', summary: 'Lunch with Bob', location: 'The Perch, Binsey' },
      { day: 'this Wed', when: '18:30-19:30', summary: 'Pottery class', location: 'Jericho Arts Centre' },
      { day: 'this Thu', when: '15:00-15:30', summary: 'One-to-one with Charles', location: 'Video call' },
      { day: 'this Fri', when: 1, summary: 'Manuscript deadline' },
      { day: 'this Sat', when: '15:00-18:00', summary: 'Tea party', location: 'March Hare’s garden' },
      { day: 'next Mon', when: '09:30-10:00', summary: 'Stand-up', location: 'Room 3' },
      { day: 'next Tue', when: '16:00-17:00', summary: 'Printer’s visit', location: 'Osney Mead', status: 'tentative' },
      { day: 'next Wed', when: '18:30-19:30', summary: 'Pottery class', location: 'Jericho Arts Centre' },
      { day: 'next Thu', when: 4, summary: 'Days off', description: 'A trip somewhere? Ask Tripmate.' },
    ],
  },
  {
    owner: bob.id,
    name: bob.name,
    timeZone: 'Europe/Amsterdam',
    entries: [
      { day: 'last Mon', when: '07:30-08:00', summary: 'Site briefing', location: 'Houthaven, gate 2' },
      { day: 'last Wed', when: '13:00-14:30', summary: 'Concrete delivery', location: 'Houthaven, gate 2' },
      { day: 'last Fri', when: '16:30-18:00', summary: 'Drinks with the crew', location: 'Café Stevens' },
      { day: 'last Sun', when: '10:30-12:00', summary: 'Football: Wendy’s match', location: 'Sportpark Spieringhorn' },
      { day: 'this Mon', when: '07:30-08:00', summary: 'Site briefing', location: 'Houthaven, gate 2' },
      {
        day: 'this Tue',
        when: '14:00-15:00',
        summary: 'Lunch with Alice',
        location: 'The Perch, Binsey',
        description: 'Flight back at 19:10.',
      },
      {
        day: 'this Wed',
        when: '09:00-11:00',
        summary: 'Building inspection',
        location: 'Houthaven, block C',
        description: 'Have the fire-door certificates ready.',
      },
      { day: 'this Thu', when: '19:00-20:30', summary: 'Parents’ evening', location: 'Basisschool De Eilanden' },
      { day: 'this Sat', when: 2, summary: 'Sailing on the IJsselmeer', status: 'tentative' },
      { day: 'next Mon', when: '07:30-08:00', summary: 'Site briefing', location: 'Houthaven, gate 2' },
      { day: 'next Tue', when: 1, summary: 'Crane on site' },
      { day: 'next Thu', when: '12:00-13:00', summary: 'Quote: school roof', location: 'Video call' },
      { day: 'next Fri', when: '08:30-09:15', summary: 'Van service', location: 'Garage Noord' },
    ],
  },
]
