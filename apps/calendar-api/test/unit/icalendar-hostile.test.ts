/**
 * Files that are made to be expensive, each of about a megabyte. Every one of them is read, or refused with an error that says
 * why, within a fixed CPU time; and so is the largest calendar that the limits allow.
 */
import { costOf } from '@glasshouse/shared/testing/cost'
import { LARGEST_FILE } from '../../src/calendar/icalendar/content-lines'
import { readCalendar } from '../../src/calendar/icalendar/read-calendar'
import { formatCalendar } from '../../src/calendar/icalendar/write-calendar'
import { Problem } from '../../src/problem'

/** CPU time. */
const MOST_MS = 400

const calendar = (inside: string) => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${inside}END:VCALENDAR\r\n`

function event(index: number, lines: string): string {
  const day = String((index % 28) + 1).padStart(2, '0')
  return `BEGIN:VEVENT\r\nUID:${index}\r\nDTSTART;TZID=Europe/Berlin:202703${day}T100000\r\n${lines}END:VEVENT\r\n`
}

/** @returns pieces until there is a megabyte */
function fill(piece: (index: number) => string, most = Number.POSITIVE_INFINITY): string {
  const pieces: string[] = []
  for (let [index, length] = [0, 0]; index < most; index++) {
    const next = piece(index)
    length += next.length
    if (length > LARGEST_FILE - 500) break
    pieces.push(next)
  }
  return pieces.join('')
}

const oneEvent = (lines: string) => calendar(event(1, lines))
const ALARM = 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n'
const EVERY_DAY = 'BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2;BYMINUTE=1,2;BYSECOND=1,2'
const DATES = Array(60).fill('20270301T100000').join(',')

const REFUSED: [string, string, RegExp][] = [
  ['components inside components', calendar(fill(() => 'BEGIN:X-COMPONENT\r\n')), /nested more than 5 deep/],
  ['events inside events', `BEGIN:VCALENDAR\r\n${fill(() => 'BEGIN:VEVENT\r\n')}`, /nested more than 5 deep/],
  ['alarms', oneEvent(fill(() => ALARM)), /more than 50 alarms/],
  ['alarms of many events', calendar(fill(index => event(index, ALARM.repeat(50)))), /more than 10000 components/],
  ['small events', calendar(fill(index => event(index, ''))), /more than 2000 events/],
  ['tasks', calendar(fill(() => 'BEGIN:VTODO\r\nEND:VTODO\r\n')), /more than 10000 components/],
  ['time zones', calendar(fill(index => `BEGIN:VTIMEZONE\r\nTZID:${index}\r\nEND:VTIMEZONE\r\n`)), /10000 components/],
  ['lines', oneEvent(fill(() => 'a:\n')), /more than 100000 lines/],
  [
    'long rules',
    calendar(fill(index => event(index, `RRULE:FREQ=DAILY;INTERVAL=${index + 1};COUNT=730\r\n`), 900)),
    /too many series/,
  ],
  [
    'rules without an end',
    calendar(fill(index => event(index, `RRULE:FREQ=YEARLY;${EVERY_DAY};BYSETPOS=${index + 1}\r\n`), 300)),
    /too many series/,
  ],
  [
    'excluded dates',
    calendar(fill(index => event(index, `RRULE:FREQ=DAILY\r\n${`EXDATE:${DATES}\r\n`.repeat(18)}`))),
    /too many series/,
  ],
  ['empty dates', oneEvent(fill(() => `EXDATE:${','.repeat(65_000)}\r\n`)), /too many series/],
  ['a rule every second', oneEvent('RRULE:FREQ=SECONDLY;BYSECOND=1,2,3\r\n'), /FREQ/],
  ['one long line', oneEvent(`SUMMARY:${'x'.repeat(LARGEST_FILE - 500)}\r\n`), /longer than 65536 characters/],
  [
    'a value folded after each character',
    oneEvent(`DESCRIPTION:${fill(() => '\n x')}\r\n`),
    /longer than 65536 characters/,
  ],
  ['parameters', oneEvent(`ATTENDEE${fill(() => ';A=B')}:mailto:a@b.c\r\n`), /parameters of valid form/],
  ['parameters without values', oneEvent(`ATTENDEE;A:${fill(() => 'b=c;')}\r\n`), /parameters of valid form/],
  ['quotes', oneEvent(`ATTENDEE;A="${fill(() => '"')}\r\n`), /parameters of valid form/],
  ['no line at all', `BEGIN:VCALENDAR\r\n${'a'.repeat(LARGEST_FILE - 500)}`, /parameters of valid form/],
  ['properties', oneEvent(fill(() => 'COLOR:gold\r\n')), /more than 2000 properties/],
]

const READ: [string, string][] = [
  [
    'rules, as many as are allowed',
    calendar(fill(index => event(index, `RRULE:FREQ=YEARLY;${EVERY_DAY};BYSETPOS=${index + 1}\r\n`), 99)),
  ],
  [
    'dates by COUNT, as many as are allowed',
    calendar(event(1, 'RRULE:FREQ=DAILY;COUNT=730\r\n') + event(2, 'RRULE:FREQ=DAILY;COUNT=260\r\n')),
  ],
  ['events, as many as are allowed', calendar(fill(index => event(index, `SUMMARY:${'word '.repeat(70)}\r\n`), 2_000))],
  ['attendees', calendar(fill(index => event(index, 'ATTENDEE;CN=Bob:mailto:bob@example.com\r\n'.repeat(190))))],
  ['unknown properties', oneEvent(fill(index => `X-${index}:1\r\n`))],
  ['empty lines', calendar('\n'.repeat(LARGEST_FILE - 500))],
  [
    'a time zone that changes every second',
    calendar(
      `BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n${event(1, '')}`,
    ),
  ],
]

/** @returns what became of it, and what that cost */
async function read(file: string): Promise<{ error: unknown; ms: number }> {
  const bytes = Buffer.from(file)
  let error: unknown
  const ms = await costOf(() => {
    error = undefined
    try {
      readCalendar(bytes)
    } catch (thrown) {
      error = thrown
    }
  }, MOST_MS)
  return { error, ms }
}

test.each(REFUSED)('%s: refused in time', async (_name, file, why) => {
  const { error, ms } = await read(file)
  expect(error).toBeInstanceOf(Problem)
  expect((error as Problem).status).toBe(400)
  expect((error as Problem).detail).toMatch(why)
  expect(ms).toBeLessThan(MOST_MS)
})

test.each(READ)('%s: read in time', async (_name, file) => {
  const { error, ms } = await read(file)
  expect(error).toBeUndefined()
  expect(ms).toBeLessThan(MOST_MS)
})

test('a calendar with events in every time zone of the world, over centuries, is written in time', async () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const events = zones.flatMap(timeZone =>
    ['0001', '9999'].map(year => {
      const time = { dateTime: `${year}-06-01T12:00:00Z`, timeZone }
      const texts = { summary: undefined, description: undefined, location: undefined, recurrence: undefined }
      const more = { id: 'abcde', etag: '', status: 'confirmed' as const, sequence: 0, created: 0, updated: 0 }
      return { ...more, ...texts, start: time, end: time }
    }),
  )
  let file = ''
  const write = () => {
    file = [...formatCalendar(events, new Map(), { name: 'x', forOthers: false })].join('')
  }
  expect(await costOf(write, 5_000)).toBeLessThan(5_000)
  expect(file.match(/^BEGIN:VTIMEZONE/gm)).toHaveLength(50)
  expect(file.match(/^BEGIN:VEVENT/gm)).toHaveLength(2 * zones.length)
})
