/** Reads a recurrence rule, and refuses what RFC 5545 §3.3.10 forbids. `rule-starts.ts` finds the dates of a rule. */

export interface Rule {
  frequency: Frequency
  count: number | undefined
  /** As in the rule: `YYYYMMDD` for whole days, otherwise `YYYYMMDDTHHMMSSZ`. */
  until: string | undefined
  /** All other parts, as text. */
  others: string
}

/** Not SECONDLY and MINUTELY, as in Google's calendar: such events only fill a list. */
const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
export type Frequency = (typeof FREQUENCIES)[number]

/** So that no rule takes long. An end further away can be given by UNTIL. */
const MOST_COUNT = 730
const MOST_A_DAY = 8

/** The rule parts with numbers, and from where to where these go. Negative numbers count from the end. */
const NUMBERS: Record<string, { from: number; to: number; fromTheEnd?: boolean }> = {
  BYSECOND: { from: 0, to: 59 },
  BYMINUTE: { from: 0, to: 59 },
  BYHOUR: { from: 0, to: 23 },
  BYMONTHDAY: { from: 1, to: 31, fromTheEnd: true },
  BYYEARDAY: { from: 1, to: 366, fromTheEnd: true },
  BYWEEKNO: { from: 1, to: 53, fromTheEnd: true },
  BYMONTH: { from: 1, to: 12 },
  BYSETPOS: { from: 1, to: 366, fromTheEnd: true },
}
const ONE_NUMBER: Record<string, { from: number; to: number }> = {
  COUNT: { from: 1, to: MOST_COUNT },
  INTERVAL: { from: 1, to: 9_999 },
}
const WEEKDAY = 'MO|TU|WE|TH|FR|SA|SU'

/** Why a rule is refused. The text continues after "recurrence", e.g. `must have COUNT from 1 to 1000`. */
export class InvalidRule extends Error {}

/**
 * @param text what follows `RRULE:`
 * @param wholeDay whether the event takes whole days
 * @throws InvalidRule which names the first invalid part
 */
export function readRule(text: string, wholeDay: boolean): Rule {
  const parts = new Map<string, string>()
  for (const part of text.split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? []
    if (!name) throw new InvalidRule('must contain rules with parts such as FREQ=WEEKLY, separated by semicolons')
    if (parts.has(name)) throw new InvalidRule(`must have ${name} only once in a rule`)
    checkPart(name, value, wholeDay)
    parts.set(name, value)
  }
  const frequency = FREQUENCIES.find(known => known === parts.get('FREQ'))
  if (!frequency) throw new InvalidRule(`must have FREQ with one of ${FREQUENCIES.join(', ')}`)
  checkTogether(frequency, parts, wholeDay)
  const count = parts.get('COUNT')
  const others = [...parts].filter(([name]) => !['COUNT', 'UNTIL'].includes(name))
  return {
    frequency,
    count: count === undefined ? undefined : Number(count),
    until: parts.get('UNTIL'),
    others: others.map(part => part.join('=')).join(';'),
  }
}

function checkPart(name: string, value: string, wholeDay: boolean): void {
  const limits = NUMBERS[name] ?? ONE_NUMBER[name]
  if (limits) {
    const values = name in ONE_NUMBER ? [value] : value.split(',')
    if (values.every(number => isWithin(number, limits))) return
    const { from, to, fromTheEnd } = { fromTheEnd: false, ...limits }
    throw new InvalidRule(`must have ${name} from ${from} to ${to}${fromTheEnd ? `, or from -${from} to -${to}` : ''}`)
  }
  if (name === 'BYDAY') {
    check(value, `(([+-]?[1-9]\\d?)?(${WEEKDAY})(,|$))+`, 'must have BYDAY such as MO or -1FR')
  } else if (name === 'WKST') {
    check(value, WEEKDAY, `must have WKST with one of ${WEEKDAY.replaceAll('|', ', ')}`)
  } else if (name === 'UNTIL') {
    const hint = wholeDay ? 'UNTIL with a date such as 20271231' : 'UNTIL with a time in UTC such as 20271231T235959Z'
    check(value, wholeDay ? '\\d{8}' : '\\d{8}T\\d{6}Z', `must have ${hint}, because start is of that kind`)
  } else if (name !== 'FREQ') {
    throw new InvalidRule(`must not have ${name} in a rule`)
  }
}

function check(value: string, pattern: string, otherwise: string): void {
  if (!new RegExp(`^(${pattern})$`).test(value) || value.endsWith(',')) throw new InvalidRule(otherwise)
}

function isWithin(text: string, { from, to, fromTheEnd = false }: (typeof NUMBERS)[string]): boolean {
  if (!(fromTheEnd ? /^[+-]?\d{1,4}$/ : /^\d{1,4}$/).test(text)) return false
  const number = Math.abs(Number(text))
  return number >= from && number <= to
}

/** RFC 5545 §3.3.10: which parts go together. */
function checkTogether(frequency: Frequency, parts: Map<string, string>, wholeDay: boolean): void {
  const only = (name: string, allowed: string[]) => {
    if (parts.has(name) && !allowed.includes(frequency)) {
      throw new InvalidRule(`must not have ${name} with FREQ=${frequency}`)
    }
  }
  if (parts.has('COUNT') && parts.has('UNTIL')) throw new InvalidRule('must not have both COUNT and UNTIL in a rule')
  only('BYMONTHDAY', ['HOURLY', 'DAILY', 'MONTHLY', 'YEARLY'])
  only('BYYEARDAY', ['HOURLY', 'YEARLY'])
  only('BYWEEKNO', ['YEARLY'])
  // The RFC allows both, but libraries disagree about what they mean.
  if (parts.has('BYYEARDAY') && parts.has('BYDAY')) throw new InvalidRule('must not have BYDAY with BYYEARDAY')
  const nth = (parts.get('BYDAY')?.match(/\d+/g) ?? []).map(Number)
  if (nth.length > 0) {
    if (!['MONTHLY', 'YEARLY'].includes(frequency) || parts.has('BYWEEKNO')) {
      throw new InvalidRule('must have a number in BYDAY only with FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO')
    }
    if (parts.has('BYMONTHDAY')) throw new InvalidRule('must not have a number in BYDAY with BYMONTHDAY')
    const most = frequency === 'MONTHLY' ? 5 : 53
    if (nth.some(number => number > most)) throw new InvalidRule(`must have a number in BYDAY from 1 to ${most}`)
  }
  if (parts.has('BYSETPOS') && ![...parts.keys()].some(name => /^BY(?!SETPOS)/.test(name))) {
    throw new InvalidRule('must have BYSETPOS only with another BY part')
  }
  const times = ['BYHOUR', 'BYMINUTE', 'BYSECOND'].filter(name => parts.has(name))
  if (wholeDay && (times[0] || frequency === 'HOURLY')) {
    throw new InvalidRule(`must not have ${times[0] ?? 'FREQ=HOURLY'}, because the event takes whole days`)
  }
  checkTimesADay(frequency, parts)
}

function checkTimesADay(frequency: Frequency, parts: Map<string, string>): void {
  const count = (name: string) => parts.get(name)?.split(',').length
  const everyHours = Math.ceil(24 / Number(parts.get('INTERVAL') ?? 1))
  const hours = frequency === 'HOURLY' ? Math.min(everyHours, count('BYHOUR') ?? 24) : (count('BYHOUR') ?? 1)
  if (hours * (count('BYMINUTE') ?? 1) * (count('BYSECOND') ?? 1) > MOST_A_DAY) {
    throw new InvalidRule(`must not have more than ${MOST_A_DAY} times a day in a rule`)
  }
}
