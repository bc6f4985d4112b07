/**
 * Members of an event that the calendar keeps for apps and gives back. It sends no invitations and no reminders. Names,
 * meanings and limits are those of the Events resource of the Google Calendar API v3.
 */
import { z } from 'zod'
import { text } from './text'

const MOST_ATTENDEES = 200
const MOST_OVERRIDES = 5
/** Four weeks, in minutes. */
const LONGEST_REMINDER = 40_320
/** Of private and shared ones together: how many, and how long as JSON, in characters. */
const MOST_PROPERTIES = 300
const LONGEST_PROPERTIES = 32_768

const attendee = z.object({
  email: z
    .email('must be an email address such as bob@example.com')
    .max(254)
    .meta({ examples: ['bob@example.com'] }),
  displayName: text(256).optional(),
  optional: z.boolean().describe('Whether the event can take place without this person.').optional(),
  resource: z.boolean().describe('Whether this is a room or a device.').optional(),
  responseStatus: z.enum(['needsAction', 'declined', 'tentative', 'accepted']).default('needsAction'),
  comment: text(1024).describe('What this person answered.').optional(),
  additionalGuests: z.int().min(0).max(1000).optional(),
})

const reminder = z.object({ method: z.enum(['email', 'popup']), minutes: z.int().min(0).max(LONGEST_REMINDER) })

const properties = z.record(
  z.string().check(z.maxLength(44, 'must not have a name of more than 44 characters'), z.minLength(1)),
  text(1024),
)

const isWebAddress = (url: string) => /^https?:\/\/[\x21-\x7e]+$/i.test(url) && URL.canParse(url)

export const details = {
  attendees: z.array(attendee).max(MOST_ATTENDEES).describe('The guests. Nobody is invited by this API.'),
  reminders: z
    .object({
      useDefault: z.boolean().default(false),
      overrides: z.array(reminder).max(MOST_OVERRIDES).describe('`minutes` before the start.').optional(),
    })
    .refine(({ useDefault, overrides = [] }) => !useDefault || overrides.length === 0, {
      error: 'must have either useDefault or overrides',
      path: ['overrides'],
    })
    .describe('When an app is to remind the user. This API sends no reminders.'),
  colorId: z
    .string()
    .regex(/^([1-9]|1[01])$/, 'must be a number from 1 to 11, as text')
    .describe('The colour to show it in: one of eleven, as in Google’s `colors.get`.')
    .meta({ examples: ['7'] }),
  extendedProperties: z
    .object({ private: properties.optional(), shared: properties.optional() })
    .refine(({ private: own = {}, shared = {} }) => countOf(own) + countOf(shared) <= MOST_PROPERTIES, {
      error: `must not have more than ${MOST_PROPERTIES} properties`,
    })
    .refine(value => JSON.stringify(value).length <= LONGEST_PROPERTIES, {
      error: `must not be longer than ${LONGEST_PROPERTIES} characters`,
    })
    .describe(
      'What apps note about the event: names of at most 44 characters, values of at most 1024. A list finds it by ' +
        '`privateExtendedProperty` and `sharedExtendedProperty`. Every app with access to the calendar can read both kinds: ' +
        '`shared` is what other attendees would see too.',
    )
    .meta({ examples: [{ private: { tripId: '42' } }] }),
  source: z
    .object({
      title: text(1024).optional(),
      url: text(2048)
        .refine(isWebAddress, 'must be an address that begins with http:// or https://')
        .meta({ format: 'uri', examples: ['https://tripmate.example/trips/42'] }),
    })
    .describe('Where the event comes from.'),
  visibility: z.enum(['default', 'public', 'private', 'confidential']),
  transparency: z
    .enum(['opaque', 'transparent'])
    .describe('Whether the user is busy during the event. Without it, as with `opaque`, the user is.'),
}

const countOf = (value: object) => Object.keys(value).length

export type EventDetails = { [Name in keyof typeof details]?: z.infer<(typeof details)[Name]> | undefined }
