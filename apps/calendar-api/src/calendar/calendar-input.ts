/** Reads the calendar, or its entry in the list of calendars, that a client sent. An error names the member. */
import { z } from 'zod'
import { invalid, Problem } from '../problem'
import { type About, type Entry, NEW_ABOUT, NEW_ENTRY } from './calendar'
import { COLORS } from './colors'
import { findTimeZone } from './time'

/** In UTF-16 code units. */
const LONGEST = { summary: 254, description: 8192, location: 1024 }

const text = (longest: number) =>
  z
    .string('must be text')
    .max(longest, `must not be longer than ${longest} characters`)
    // A lone surrogate is not a character, and PostgreSQL cannot store NUL.
    .refine(value => !/\0|\p{Surrogate}/u.test(value), 'contains a character that cannot be stored')

const title = text(LONGEST.summary).refine(value => value.trim() !== '', 'must not be empty')
const timeZone = z
  .string('must be text')
  .refine(name => findTimeZone(name) !== undefined, 'must be an IANA time zone name such as Europe/Amsterdam')
const colorId = z
  .string('must be text')
  .refine(id => Object.hasOwn(COLORS.calendar, id), 'must be one of the ids that /calendar/v3/colors lists')
const color = z.string('must be text').regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0088aa')
const flag = z.boolean('must be true or false')

/** The body of an insert, and of an update. */
export const sentCalendar = z
  .object({
    summary: title.describe('The title.'),
    description: text(LONGEST.description).optional(),
    location: text(LONGEST.location).optional(),
    timeZone: timeZone.describe('An IANA name. Whole days begin and end in this zone. The default is UTC.').optional(),
  })
  .describe('A calendar to be stored. `null` means the same as leaving a member out, and unknown members are ignored.')

/** The body of an update of an entry. */
export const sentEntry = z
  .object({
    summaryOverride: title.describe('A title for this list only.').optional(),
    colorId: colorId.describe('One of the ids that /calendar/v3/colors lists.').optional(),
    backgroundColor: color.describe('With `colorRgbFormat=true`, in place of the colour of `colorId`.').optional(),
    foregroundColor: color.optional(),
    hidden: flag.describe('Whether the list leaves it out, except with `showHidden=true`.').optional(),
    selected: flag.describe('Whether apps show its events.').optional(),
  })
  .describe('How the list of calendars shows a calendar.')

type Json = Record<string, unknown>

/** @throws Problem 400 */
export function readCalendar(body: unknown): About {
  const { summary, description, location, timeZone } = readMembers(sentCalendar, body)
  return { summary, description, location, timeZone: timeZone ?? NEW_ABOUT.timeZone }
}

/**
 * @param rgb whether the colours count, as they do for Google only with `colorRgbFormat=true`; otherwise `colorId` does
 * @throws Problem 400
 */
export function readEntry(body: unknown, rgb: boolean): Entry {
  const { summaryOverride, colorId, backgroundColor, foregroundColor, hidden, selected } = readMembers(sentEntry, body)
  return {
    summaryOverride,
    colorId: colorId ?? NEW_ENTRY.colorId,
    ...(rgb && { backgroundColor, foregroundColor }),
    hidden: hidden ?? NEW_ENTRY.hidden,
    selected: selected ?? NEW_ENTRY.selected,
    removed: false,
  }
}

/** Applies a merge patch (RFC 7396). @returns the calendar as a client would send it. @throws Problem 400 */
export function mergeCalendar(current: About, patch: unknown): Json {
  return { ...current, ...requireObject(patch) }
}

/** The same for an entry. @param rgb as in `readEntry` */
export function mergeEntry(current: Entry, patch: unknown, rgb: boolean): Json {
  const sent = Object.entries(requireObject(patch)).filter(([name]) => rgb || !COLOR_MEMBERS.includes(name))
  const isRecolored = !rgb && sent.some(([name]) => name === 'colorId')
  const { backgroundColor, foregroundColor, ...others } = current
  return { ...others, ...(!isRecolored && { backgroundColor, foregroundColor }), ...Object.fromEntries(sent) }
}

const COLOR_MEMBERS = ['backgroundColor', 'foregroundColor']

/** @returns the members of a body, without those that are null. @throws Problem 400 that names the first invalid one */
export function readMembers<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  const members = Object.entries(requireObject(body)).filter(([, value]) => value !== null && value !== undefined)
  const result = schema.safeParse(Object.fromEntries(members))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const name = String(issue?.path[0] ?? '')
  const isMissing = !members.some(([member]) => member === name)
  throw invalid({ pointer: `#/${name}` }, isMissing ? 'is missing' : (issue?.message ?? 'is not valid'))
}

export function requireObject(body: unknown): Json {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json
  throw new Problem(400, 'The body must be a JSON object.', { check: 'body' })
}
