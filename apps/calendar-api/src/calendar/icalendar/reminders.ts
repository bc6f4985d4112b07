/** Reminders as alarms (RFC 5545 §3.6.6), both ways. */
import type { EventDetails } from '../event'
import type { Skip } from './components'
import { type JComponent, type JProperty, secondsOf } from './library'

type Reminders = NonNullable<EventDetails['reminders']>

/** The API's limits. */
const MOST = 5
const LONGEST_MINUTES = 40_320

/** In X-GLASSHOUSE-REMINDERS: what alarms cannot say. */
const DEFAULT = 'DEFAULT'
const NONE = 'NONE'

/** @param marked the value of X-GLASSHOUSE-REMINDERS. @returns undefined if the event says nothing about reminders */
export function readReminders(alarms: JComponent[], marked: string | undefined, skip: Skip): Reminders | undefined {
  if (marked === DEFAULT) return { useDefault: true }
  const overrides = alarms.flatMap(alarm => readAlarm(alarm, skip))
  if (overrides.length > MOST) {
    skip({ property: 'VALARM', reason: `only ${MOST} alarms of an event are kept` })
  }
  if (overrides.length > 0) return { useDefault: false, overrides: overrides.slice(0, MOST) }
  return marked === NONE ? { useDefault: false, overrides: [] } : undefined
}

function readAlarm([, properties]: JComponent, skip: Skip): NonNullable<Reminders['overrides']> {
  const of = (name: string) => properties.find(([known]) => known === name)
  const trigger = of('trigger')
  const seconds = trigger?.[2] === 'duration' ? secondsOf(String(trigger[3])) : Number.NaN
  const minutes = Math.ceil(-seconds / 60)
  const isBeforeStart = String(trigger?.[1].related ?? 'START').toUpperCase() === 'START'
  if (!isBeforeStart || !(minutes >= 0 && minutes <= LONGEST_MINUTES)) {
    skip({ property: 'VALARM', reason: 'only an alarm up to four weeks before the start is kept' })
    return []
  }
  const isEmail = [of('action')?.[3], of('x-glasshouse-method')?.[3]].some(value => /^email$/i.test(String(value)))
  return [{ method: isEmail ? 'email' : 'popup', minutes: minutes + 0 }]
}

/** @returns the alarms, and the property for what alarms cannot say */
export function writeReminders(reminders: Reminders | undefined): { alarms: JComponent[]; marks: JProperty[] } {
  if (!reminders) return { alarms: [], marks: [] }
  const { useDefault, overrides = [] } = reminders
  const mark = useDefault ? DEFAULT : NONE
  return {
    alarms: overrides.map(({ method, minutes }) => [
      'valarm',
      [
        ['action', {}, 'text', 'DISPLAY'],
        ['description', {}, 'text', 'Reminder'],
        ['trigger', {}, 'duration', minutes === 0 ? 'PT0S' : `-PT${minutes}M`],
        // ACTION:EMAIL needs the address to send it to, which this calendar does not know.
        ...(method === 'email' ? [['x-glasshouse-method', {}, 'unknown', 'EMAIL'] as JProperty] : []),
      ],
      [],
    ]),
    marks: overrides.length === 0 ? [['x-glasshouse-reminders', {}, 'unknown', mark]] : [],
  }
}
