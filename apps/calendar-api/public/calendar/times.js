// Times as the form and the API have them. A local time is text, `2027-03-28T10:00` or `2027-03-28`; the API turns it into a
// moment with its time zone, so nothing is added to a moment here.

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** @returns for example `2027-03-28T10:00` */
export function localIn(zone, moment) {
  return new Date(moment).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T').slice(0, 16)
}

/** The moment at which a clock in this zone shows this. In the hour that a change of clocks repeats, either. */
export function momentOf(zone, local) {
  const asUtc = Date.parse(`${local}Z`)
  const offset = moment => Date.parse(`${localIn(zone, moment)}Z`) - moment
  const guess = asUtc - offset(asUtc)
  return new Date(asUtc - offset(guess))
}

export function addDays(date, days) {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** How far it is from one local time to another, in milliseconds, both with or both without a time. */
export function distance(from, to) {
  return asNumber(to) - asNumber(from)
}

export function move(local, ms) {
  const text = new Date(asNumber(local) + ms).toISOString()
  return local.includes('T') ? text.slice(0, 16) : text.slice(0, 10)
}

function asNumber(local) {
  return Date.parse(local.includes('T') ? `${local}Z` : local)
}

/** A start or an end of the API as a local time, in the given zone or its own. */
export function localOf(time, zone = time.timeZone ?? browserZone) {
  return time.date ?? localIn(zone, time.dateTime)
}

/** When a new event starts on this date: today in the next half hour, on another day in the morning. */
export function firstSlot(date) {
  const next = localIn(browserZone, Math.ceil((Date.now() + 1) / (30 * MINUTE_MS)) * 30 * MINUTE_MS)
  return next.startsWith(date) ? next : `${date}T09:00`
}

/** `20270328T080000Z`, or `20270328` for a whole day: as RFC 5545 writes it. */
export function basicFormat(time) {
  if (time.date) return time.date.replaceAll('-', '')
  return new Date(time.dateTime).toISOString().replace(/[-:]|\.\d+/g, '')
}
