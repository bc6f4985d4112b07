// How an event repeats: a few rules of RFC 5545 in plain words. A rule that is none of them is kept as it is.

import { addDays, momentOf } from './times.js'

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const NTH = ['first', 'second', 'third', 'fourth', 'fifth']

/** The rules to choose from for an event that starts on this date. `''` is not to repeat. */
export function choicesFor(date) {
  const day = new Date(`${date}T00:00Z`)
  const words = options => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(day)
  const weekday = words({ weekday: 'long' })
  const nth = Math.ceil(day.getUTCDate() / 7)
  return [
    ['', 'Does not repeat'],
    ['FREQ=DAILY', 'Every day'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'Monday to Friday'],
    ['FREQ=WEEKLY', `Every week on ${weekday}`],
    ['FREQ=WEEKLY;INTERVAL=2', `Every two weeks on ${weekday}`],
    ['FREQ=MONTHLY', `Every month on day ${day.getUTCDate()}`],
    [`FREQ=MONTHLY;BYDAY=${nth}${DAYS[day.getUTCDay()]}`, `Every month on the ${NTH[nth - 1]} ${weekday}`],
    ['FREQ=YEARLY', `Every year on ${words({ day: 'numeric', month: 'long' })}`],
  ]
}

/**
 * Reads the lines of a recurrence.
 * @param date on which the series starts. @param zone in which its last day is shown
 * @returns rule: one of the choices, or another one; until: `never`, `date` or `count`; and the lines that are no RRULE
 */
export function readRepeat(recurrence, date, zone) {
  const lines = recurrence ?? []
  const rules = lines.filter(line => /^RRULE:/i.test(line))
  const others = lines.filter(line => !/^RRULE:/i.test(line))
  if (rules.length === 0) return { rule: lines.length > 0 ? 'other' : '', until: 'never', others }
  const parts = new Map(
    rules[0]
      .slice(6)
      .toUpperCase()
      .split(';')
      .map(part => part.split('=')),
  )
  const end = { count: parts.get('COUNT'), last: parts.get('UNTIL') }
  for (const name of ['COUNT', 'UNTIL', 'WKST']) parts.delete(name)
  const rule = plainest(parts, date)
  if (end.count) return { rule, until: 'count', count: Number(end.count), others }
  if (end.last) return { rule, until: 'date', untilDate: dateOf(end.last, zone), others }
  return { rule, until: 'never', others }
}

/** The rule without the parts that only repeat what its start says. */
function plainest(parts, date) {
  const day = new Date(`${date}T00:00Z`)
  const [frequency] = [parts.get('FREQ')]
  const redundant = {
    INTERVAL: '1',
    ...(frequency === 'WEEKLY' && { BYDAY: DAYS[day.getUTCDay()] }),
    ...(['MONTHLY', 'YEARLY'].includes(frequency) && { BYMONTHDAY: String(day.getUTCDate()) }),
    ...(frequency === 'YEARLY' && { BYMONTH: String(day.getUTCMonth() + 1) }),
  }
  for (const [name, value] of Object.entries(redundant)) if (parts.get(name) === value) parts.delete(name)
  const order = ['FREQ', 'INTERVAL', 'BYDAY']
  const names = [...parts.keys()].sort((a, b) => ((order.indexOf(a) + 9) % 9) - ((order.indexOf(b) + 9) % 9))
  return names.map(name => `${name}=${parts.get(name)}`).join(';')
}

/** @param repeat as `readRepeat` gives it. @param wholeDay, zone of the event. @returns the lines for the API */
export function writeRepeat({ rule, until, untilDate, count, others = [] }, { wholeDay, zone }) {
  if (rule === '') return []
  if (rule === 'other') return others
  const end =
    until === 'count' && count
      ? `;COUNT=${count}`
      : until === 'date' && untilDate
        ? `;UNTIL=${lastMoment(untilDate, wholeDay, zone)}`
        : ''
  return [`RRULE:${rule}${end}`, ...others]
}

/** The same repetition for an event that starts on another date: a week's Tuesday becomes its Wednesday. */
export function rebase(repeat, from, to) {
  const at = choicesFor(from).findIndex(([rule]) => rule === repeat.rule)
  return at < 0 ? repeat : { ...repeat, rule: choicesFor(to)[at][0] }
}

/** The lines of a series that ends before this single event of it. @param start its original start, in RFC 5545's format */
export function endBefore(recurrence, start) {
  const last = start.includes('T')
    ? basic(new Date(Date.parse(extended(start)) - 1000))
    : addDays(extended(start), -1).replaceAll('-', '')
  return recurrence.map(line =>
    /^RRULE:/i.test(line) ? `${line.replace(/;(?:COUNT|UNTIL)=[^;]*/gi, '')};UNTIL=${last}` : line,
  )
}

/** RFC 5545 §3.3.10: in UTC for an event with a time, and a date for whole days. */
function lastMoment(date, wholeDay, zone) {
  return wholeDay
    ? date.replaceAll('-', '')
    : basic(new Date(momentOf(zone, `${addDays(date, 1)}T00:00`).getTime() - 1000))
}

function dateOf(until, zone) {
  if (!until.endsWith('Z')) return extended(until).slice(0, 10)
  return new Date(extended(until)).toLocaleDateString('sv-SE', { timeZone: zone })
}

function basic(moment) {
  return moment.toISOString().replace(/[-:]|\.\d+/g, '')
}

function extended(text) {
  return text.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?/, (_all, y, m, d, ...time) =>
    time[0] === undefined ? `${y}-${m}-${d}` : `${y}-${m}-${d}T${time[0]}:${time[1]}:${time[2]}`,
  )
}
