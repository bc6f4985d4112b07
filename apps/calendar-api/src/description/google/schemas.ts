/** What Google's addresses answer: the same as elsewhere with `kind`, and calendars. */
import { z } from 'zod'
import { sentCalendar, sentEntry } from '../../calendar/calendar-input'
import { freeBusyQuestion } from '../../calendar/free-busy-input'
import { deletedEvent, EXAMPLE, event } from '../event'
import { eventList } from '../list'
import { googleError } from './error'

const kind = (name: string) => z.literal(`calendar#${name}`)
const etag = z.string().describe('The tag of this version, quotes included. Send it in `If-Match`.')
const moment = z.string().meta({ format: 'date-time' })

export const googleEvent = event
  .extend({ kind: kind('event') })
  .describe('An event. Members without a value are left out.')

const googleEventList = eventList
  .extend({
    kind: kind('events'),
    etag: z.string(),
    summary: z.string().describe('The title of the calendar.'),
    description: z.string().optional(),
    updated: moment.describe('When an event of the calendar last changed.'),
    timeZone: z.string(),
    accessRole: z.literal('owner'),
    defaultReminders: z.array(z.never()),
    items: z.array(z.union([googleEvent, deletedEvent.extend({ kind: kind('event') })])),
  })
  .describe('A page of events.')

const calendarMembers = {
  etag,
  id: z.string().describe('Of a primary calendar: the id of its user.'),
  summary: z.string(),
  description: z.string().optional(),
  location: z.string().optional(),
  timeZone: z.string(),
}

const calendar = z.object({ kind: kind('calendar'), ...calendarMembers }).describe('A calendar.')

const entry = z
  .object({
    kind: kind('calendarListEntry'),
    ...calendarMembers,
    summaryOverride: z.string().optional(),
    colorId: z.string(),
    backgroundColor: z.string(),
    foregroundColor: z.string(),
    hidden: z.boolean(),
    selected: z.boolean(),
    accessRole: z.literal('owner'),
    defaultReminders: z.array(z.never()),
    primary: z.literal(true).optional(),
  })
  .describe('A calendar as its user’s list shows it.')

const calendarList = z
  .object({ kind: kind('calendarList'), etag: z.string(), items: z.array(entry) })
  .describe('The user’s calendars. There is always one page.')

const color = z.object({ background: z.string(), foreground: z.string() })
const colors = z
  .object({
    kind: kind('colors'),
    updated: moment,
    calendar: z.record(z.string(), color),
    event: z.record(z.string(), color),
  })
  .describe('The colours that calendars and events can have, by their ids.')

const busy = z.array(z.object({ start: moment, end: moment })).describe('In their order. None overlap.')
const freeBusy = z
  .object({
    kind: kind('freeBusy'),
    timeMin: moment,
    timeMax: moment,
    calendars: z.record(
      z.string(),
      z.object({
        busy,
        errors: z.array(z.object({ domain: z.string(), reason: z.string() })).optional(),
      }),
    ),
  })
  .describe('When the user is busy, by calendar.')

export const GOOGLE_SCHEMAS = {
  GoogleError: googleError,
  GoogleEvent: googleEvent,
  GoogleEventList: googleEventList,
  Calendar: calendar,
  SentCalendar: sentCalendar,
  CalendarPatch: sentCalendar
    .partial()
    .describe('A merge patch (RFC 7396): only what changes. `null` removes a member.'),
  CalendarListEntry: entry,
  SentEntry: sentEntry,
  NewEntry: sentEntry
    .extend({ id: z.string().describe('Of a calendar of the user’s.') })
    .describe('A calendar to show.'),
  CalendarList: calendarList,
  Colors: colors,
  FreeBusyQuestion: freeBusyQuestion,
  FreeBusy: freeBusy,
}

const SHOWN = { etag: '"0"', id: 'usr_2f8c1a', summary: 'My calendar', timeZone: 'UTC' }

export const EXAMPLES = {
  event: { kind: 'calendar#event', ...EXAMPLE },
  list: {
    kind: 'calendar#events',
    etag: '"0.3"',
    summary: 'My calendar',
    updated: '2027-02-20T08:00:00.000Z',
    timeZone: 'UTC',
    accessRole: 'owner',
    defaultReminders: [],
    items: [{ kind: 'calendar#event' as const, ...EXAMPLE }],
  } satisfies z.infer<typeof googleEventList>,
  calendar: { kind: 'calendar#calendar', ...SHOWN } satisfies z.infer<typeof calendar>,
  entry: {
    kind: 'calendar#calendarListEntry',
    ...SHOWN,
    colorId: '16',
    backgroundColor: '#4986e7',
    foregroundColor: '#1d1d1d',
    hidden: false,
    selected: true,
    accessRole: 'owner',
    defaultReminders: [],
    primary: true,
  } satisfies z.infer<typeof entry>,
  colors: {
    kind: 'calendar#colors',
    updated: '2012-02-14T00:00:00.000Z',
    calendar: { 1: { background: '#ac725e', foreground: '#1d1d1d' } },
    event: { 1: { background: '#a4bdfc', foreground: '#1d1d1d' } },
  } satisfies z.infer<typeof colors>,
  question: {
    timeMin: '2027-03-28T00:00:00Z',
    timeMax: '2027-03-29T00:00:00Z',
    items: [{ id: 'primary' }],
  } satisfies z.infer<typeof freeBusyQuestion>,
  freeBusy: {
    kind: 'calendar#freeBusy',
    timeMin: '2027-03-28T00:00:00Z',
    timeMax: '2027-03-29T00:00:00Z',
    calendars: { primary: { busy: [{ start: '2027-03-28T08:00:00Z', end: '2027-03-28T09:00:00Z' }] } },
  } satisfies z.infer<typeof freeBusy>,
}
