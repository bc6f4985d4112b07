/** Users who import and export iCalendar files, and files for them. */
import { callerOf, newOwner, send, type TestCalendarApi } from './support'

/** A new user, and what they send to `/calendar/events.ics`. */
export function newFileUser(api: TestCalendarApi) {
  const token = api.token(newOwner())
  const headers = { Authorization: `Bearer ${token}` }
  const url = `${api.url}/calendar/events.ics`
  return {
    events: callerOf(api, token),
    async list(query = '') {
      return (await callerOf(api, token)('GET', query)).json.items
    },
    async export(query = ''): Promise<string> {
      const { status, json } = await send(url + query, 'GET', { headers })
      expect(status).toBe(200)
      return json
    },
    import: (body: string | Uint8Array<ArrayBuffer>, type = 'text/calendar; charset=utf-8') =>
      send(url, 'POST', { body, headers: { ...headers, 'Content-Type': type } }),
  }
}

/** @param events each as its lines */
export const calendar = (...events: string[][]) =>
  `${['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...events.flat(), 'END:VCALENDAR'].join('\r\n')}\r\n`

export const event = (uid: string, ...lines: string[]) => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  'DTSTART;TZID=Europe/Amsterdam:20270301T100000',
  'DTEND;TZID=Europe/Amsterdam:20270301T110000',
  ...lines,
  'END:VEVENT',
]

export const counts = (imported: number, updated: number, unchanged: number) => ({
  imported,
  updated,
  unchanged,
  skipped: [],
})
