/** A list that was read before shows what is there now, whichever copy of the service has changed it. */
import type { CalendarEvent } from '../../src/calendar/event'
import { KnownPages } from '../../src/store/known-pages'
import { googleOf } from '../google'
import { draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let copies: [TestCalendarApi, TestCalendarApi]
beforeAll(async () => {
  const first = await startCalendarApi()
  copies = [first, await startCalendarApi({ beside: first })]
})
afterAll(async () => {
  for (const copy of [...copies].reverse()) await copy.stop()
})

const MONTH = 'timeMin=2027-03-01T00:00:00Z&timeMax=2027-04-01T00:00:00Z'

interface Item {
  id: string
  summary: string
}

test.each(['', `?${MONTH}`, `?${MONTH}&singleEvents=true&orderBy=startTime`, '?orderBy=updated', '?showDeleted=true'])(
  'the list "%s", read by one copy before and after each change by the other',
  async query => {
    const owner = newOwner()
    const [writer, reader] = [googleOf(copies[0], owner), googleOf(copies[1], owner)]
    const at = '/calendars/primary/events'
    const other = (await writer('POST', '/calendars', { body: { summary: 'Other' } })).json.id

    /** Each event of the list, as it is on its own. */
    async function read(): Promise<string[]> {
      const items: Item[] = (await reader('GET', at + query)).json.items
      const there = items.filter(item => 'summary' in item)
      for (const item of there) expect(item).toEqual((await reader('GET', `${at}/${item.id}`)).json)
      return there.map(({ summary }) => summary).sort()
    }

    const ids: string[] = []
    for (const summary of ['one', 'two', 'three']) {
      ids.push((await writer('POST', at, { body: draft({ summary }, ids.length + 1) })).json.id)
      expect(await read()).toHaveLength(ids.length)
    }
    const [one, two, three] = ids
    await writer('PATCH', `${at}/${one}`, { body: { summary: 'eins' } })
    expect(await read()).toEqual(['eins', 'three', 'two'])
    await writer('DELETE', `${at}/${two}`)
    expect(await read()).toEqual(['eins', 'three'])
    await writer('PATCH', `${at}/${one}`, { body: draft({}, 20) })
    expect(await read()).toEqual(['Breakfast', 'three'])
    await writer('POST', `${at}/${three}/move?destination=${other}`)
    expect(await read()).toEqual(['Breakfast'])
    await writer('POST', `/calendars/${other}/events/${three}/move?destination=primary`)
    expect(await read()).toEqual(['Breakfast', 'three'])
    expect(await read()).toEqual(['Breakfast', 'three'])
  },
)

test('a page that was read before still says where the next one begins', async () => {
  const me = googleOf(copies[0])
  const at = '/calendars/primary/events'
  for (let day = 1; day <= 3; day++) await me('POST', at, { body: draft({ summary: `day ${day}` }, day) })
  const walk = async () => {
    const seen: string[] = []
    for (let pageToken = ''; ; ) {
      const { items, nextPageToken } = (
        await me('GET', `${at}?maxResults=2&singleEvents=true&orderBy=startTime&pageToken=${pageToken}`)
      ).json
      seen.push(...items.map(({ summary }: Item) => summary))
      if (!nextPageToken) return seen
      pageToken = nextPageToken
    }
  }
  for (let time = 1; time <= 3; time++) expect(await walk()).toEqual(['day 1', 'day 2', 'day 3'])
})

test('the single events of a series get new tags when the series is moved, as their `updated` changes', async () => {
  const me = googleOf(copies[0])
  const at = '/calendars/primary/events'
  const other = (await me('POST', '/calendars', { body: { summary: 'Other' } })).json.id
  const series = (await me('POST', at, { body: draft({ recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] }) })).json.id
  const id = `${series}_20270302T090000Z`
  const before = (await me('PATCH', `${at}/${id}`, { body: { summary: 'Brunch' } })).json
  await me('POST', `${at}/${series}/move?destination=${other}`)
  const after = (await me('GET', `/calendars/${other}/events/${id}`)).json
  expect(after).toEqual({ ...before, etag: expect.any(String), updated: after.updated })
  expect(after.etag).not.toBe(before.etag)
})

test('a month with a series, read before and after each change of it by the other copy', async () => {
  const owner = newOwner()
  const [writer, reader] = [googleOf(copies[0], owner), googleOf(copies[1], owner)]
  const at = '/calendars/primary/events'
  const starts = async (query: string) => {
    const { items } = (await reader('GET', `${at}?${query}&singleEvents=true&orderBy=startTime`)).json
    return items.map(({ id, summary, start }: Item & { start: object }) => ({ id, summary, start }))
  }
  let reads = 0
  /** As a list that comes again, and as one that was never read before: it ends a moment later. */
  async function read() {
    const known = await starts(MONTH)
    expect(known).toEqual(await starts(`timeMin=2027-03-01T00:00:00Z&timeMax=2027-04-01T00:00:00.${100 + reads++}Z`))
    return known.map(({ summary }: Item) => summary).join(' ')
  }

  await writer('POST', at, { body: draft({ summary: 'alone' }, 30) })
  const recurrence = ['RRULE:FREQ=WEEKLY;COUNT=4']
  const { id } = (await writer('POST', at, { body: draft({ summary: 'tea', recurrence }) })).json
  for (let time = 1; time <= 3; time++) expect(await read()).toBe('tea tea tea tea alone')
  await writer('PATCH', `${at}/${id}`, { body: { summary: 'milk' } })
  expect(await read()).toBe('milk milk milk milk alone')
  const single = `${id}_20270308T090000Z`
  await writer('PATCH', `${at}/${single}`, { body: { summary: 'rum' } })
  expect(await read()).toBe('milk rum milk milk alone')
  expect(await read()).toBe('milk rum milk milk alone')
  await writer('PATCH', `${at}/${single}`, { body: draft({ summary: 'rum' }, 20) })
  expect(await read()).toBe('milk milk rum milk alone')
  // Out of the month: nothing but its place in the series says that it is not there.
  const [start, end] = ['2027-05-08T10:00:00Z', '2027-05-08T11:00:00Z'].map(dateTime => ({ dateTime }))
  await writer('PATCH', `${at}/${single}`, { body: { start, end } })
  expect(await read()).toBe('milk milk milk alone')
  await writer('DELETE', `${at}/${id}_20270315T090000Z`)
  expect(await read()).toBe('milk milk alone')
  await writer('PATCH', `${at}/${id}`, { body: { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=1'] } })
  expect(await read()).toBe('milk alone')
  await writer('DELETE', `${at}/${id}`)
  expect(await read()).toBe('alone')
})

test('known pages take up a limited amount of memory, and the ones used last stay', () => {
  const pages = new KnownPages<string>()
  const eventOf = (length: number) => [{ description: 'x'.repeat(length) } as CalendarEvent]
  const readTwice = (name: string, events = eventOf(150_000)) => {
    pages.keep(name, 'version 1', name, events)
    pages.keep(name, 'version 1', name, events)
  }
  pages.keep('read once', '', '', [])
  expect(pages.find('read once')).toBeUndefined()
  readTwice('used')
  for (let n = 0; n < 100; n++) {
    readTwice(`page ${n}`)
    expect(pages.find('used')?.page).toBe('used')
  }
  expect([pages.find('page 99')?.versions, pages.find('page 0')]).toEqual(['version 1', undefined])
  readTwice('too large', eventOf(400_000))
  expect(pages.find('too large')).toBeUndefined()
})
