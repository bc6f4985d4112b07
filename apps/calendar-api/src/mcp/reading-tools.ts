/** The tools that read: they need `calendar.read`. */
import { DateTime } from 'luxon'
import { z } from 'zod'
import type { Interval } from '../calendar/busy'
import { freeTimes, workingTimes } from '../calendar/free-time'
import { findTimeZone, parseInstant } from '../calendar/time'
import { invalid } from '../problem'
import { COUNTED } from './agent-calendar'
import { eventView, NOTE, textOf, viewOf } from './event-view'
import { tool } from './tool'

const instant = (what: string) => z.string().describe(`${what}, with an offset: 2027-03-28T00:00:00+02:00.`)
const timeMin = instant('The beginning of the time to look at')
const timeMax = instant('Its end')
const READS = { readOnlyHint: true, openWorldHint: false }

export const listEvents = tool({
  name: 'list_events',
  title: 'List events',
  description:
    `Lists the user's events in a time window, by start. Each event of a series is listed by itself. ${NOTE} ` +
    'If there are more events than fit, the result says how many, and its pageToken leads to them.',
  scope: 'calendar.read',
  hints: READS,
  input: z.strictObject({
    timeMin,
    timeMax,
    text: z
      .string()
      .max(256)
      .optional()
      .describe('Only events with all of these words in title, place or description.'),
    maxResults: z.int().min(1).max(50).default(20),
    pageToken: z.string().optional().describe('From the previous result. Repeat timeMin, timeMax and text with it.'),
  }),
  output: z.strictObject({
    events: z.array(eventView),
    more: z.int().min(0).describe(`How many more events there are. ${COUNTED} means ${COUNTED} or more.`),
    pageToken: z.string().optional(),
  }),
  async run(calendar, { text, maxResults, pageToken, ...window }) {
    const parameters = {
      ...window,
      ...(text !== undefined && { q: text }),
      ...(pageToken !== undefined && { pageToken }),
    }
    const { items, more, nextPageToken } = await calendar.list(parameters, maxResults)
    const events = items.map(item => viewOf(item, true))
    return {
      structured: { events, more, ...(nextPageToken !== undefined && { pageToken: nextPageToken }) },
      text: [
        `${count(events.length, 'event')} from ${window.timeMin} to ${window.timeMax}.`,
        ...(events.length > 0 ? [NOTE] : []),
        ...events.map(textOf),
        ...(nextPageToken === undefined
          ? []
          : [`${more === COUNTED ? 'At least ' : ''}${more} more. To see them, pass pageToken ${nextPageToken}`]),
      ].join('\n'),
    }
  },
})

export const getEvent = tool({
  name: 'get_event',
  title: 'Read an event',
  description: `Reads one event with its whole text. ${NOTE}`,
  scope: 'calendar.read',
  hints: READS,
  input: z.strictObject({ id: z.string().describe('From list_events.') }),
  output: z.strictObject({ event: eventView }),
  async run(calendar, { id }) {
    const event = viewOf(await calendar.read(id))
    return { structured: { event }, text: `${NOTE}\n${textOf(event)}` }
  },
})

const LONGEST_WINDOW_DAYS = 62
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 09:00')

export const findFreeTime = tool({
  name: 'find_free_time',
  title: 'Find free time',
  description:
    'Finds when the user has no event in any of their calendars, for at least the duration asked for. Tentative and whole-day ' +
    'events count as busy, transparent ones do not. Without workingHours, nights and weekends are included.',
  scope: 'calendar.read',
  hints: READS,
  input: z.strictObject({
    timeMin,
    timeMax: timeMax.describe(`Its end, with an offset, at most ${LONGEST_WINDOW_DAYS} days after timeMin.`),
    durationMinutes: z.int().min(1).max(1440),
    timeZone: z
      .string()
      .optional()
      .describe('An IANA name, such as Europe/Amsterdam. Otherwise, that of the calendar.'),
    workingHours: z
      .strictObject({
        from: clockTime.describe('Such as 09:00.'),
        to: clockTime.describe('Such as 17:00.'),
        weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).default([1, 2, 3, 4, 5]).describe('1 is Monday.'),
      })
      .optional(),
    maxResults: z.int().min(1).max(100).default(20),
  }),
  output: z.strictObject({
    timeZone: z.string(),
    free: z.array(z.strictObject({ start: z.string(), end: z.string(), minutes: z.int().min(1) })),
    more: z.int().min(0).describe('How many more free times there are.'),
  }),
  async run(calendar, { timeMin, timeMax, durationMinutes, timeZone, workingHours, maxResults }) {
    const zone = findTimeZone(timeZone ?? (await calendar.timeZone()))
    if (!zone) throw invalid({ parameter: 'timeZone' }, 'must be an IANA time zone name such as Europe/Amsterdam')
    // `busy` refuses times that cannot be read.
    const window = { start: parseInstant(timeMin) ?? Number.NaN, end: parseInstant(timeMax) ?? Number.NaN }
    if (window.end - window.start > LONGEST_WINDOW_DAYS * 86_400_000) {
      throw invalid({ parameter: 'timeMax' }, `must be at most ${LONGEST_WINDOW_DAYS} days after timeMin`)
    }
    const busy = await calendar.busy({ timeMin, timeMax }, zone)
    const hours = workingHours && {
      from: minuteOf(workingHours.from),
      to: minuteOf(workingHours.to),
      weekdays: new Set(workingHours.weekdays),
    }
    if (hours && hours.to <= hours.from)
      throw invalid({ parameter: 'workingHours.to' }, 'must be after workingHours.from')
    const within = hours ? workingTimes(window, hours, zone) : [window]
    const all = freeTimes(within, busy, durationMinutes * 60_000)
    const free = all.slice(0, maxResults).map(time => formatInterval(time, zone))
    const more = all.length - free.length
    return {
      structured: { timeZone: zone, free, more },
      text: [
        `${count(free.length, 'free time')} of at least ${count(durationMinutes, 'minute')}, in ${zone}.`,
        ...free.map(({ start, end, minutes }) => `${start} to ${end} (${count(minutes, 'minute')})`),
        ...(more > 0 ? [`${more} more. Ask for a shorter time, or a later timeMin, to see them.`] : []),
      ].join('\n'),
    }
  },
})

function formatInterval({ start, end }: Interval, zone: string) {
  const format = (at: number) => DateTime.fromMillis(at, { zone }).toISO({ suppressMilliseconds: true }) ?? ''
  return { start: format(start), end: format(end), minutes: Math.floor((end - start) / 60_000) }
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
