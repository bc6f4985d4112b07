/** A list with `timeMin` contains every event that is still under way then, however long ago it began. */
import fc from 'fast-check'
import { readEvent } from '../../src/calendar/event-input'
import { readListQuery } from '../../src/calendar/list-query'
import { list } from '../../src/store/event-list'
import * as events from '../../src/store/events'
import { newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

const HOUR_MS = 3_600_000
const BEGIN = Date.UTC(2000, 0, 1)
const iso = (ms: number) => new Date(ms).toISOString()
/** Of each order of magnitude, and exactly as long as the longest of each class. In hours. */
const lengths = fc.oneof(
  fc.integer({ min: 0, max: 30 }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 0, max: 400_000 }),
  fc.constantFrom(...[1, 8, 64, 512, 4096].flatMap(days => [days * 24 - 1, days * 24, days * 24 + 1])),
)
const span = fc.record({ start: fc.integer({ min: 0, max: 400_000 }), length: lengths, wholeDay: fc.boolean() })

function timesOf({ start, length, wholeDay }: { start: number; length: number; wholeDay: boolean }) {
  const [from, to] = [BEGIN + start * HOUR_MS, BEGIN + (start + length) * HOUR_MS]
  if (!wholeDay) return { start: { dateTime: iso(from) }, end: { dateTime: iso(to) } }
  return { start: { date: iso(from).slice(0, 10) }, end: { date: iso(to + 24 * HOUR_MS).slice(0, 10) } }
}

test('the events of any window, in pages of any size, are those that a comparison of all events finds', async () => {
  const { db } = api.context
  const owner = newOwner()
  const all: { id: string; startAt: number; endAt: number; updated: number }[] = []
  for (const [n, one] of fc.sample(span, { seed: 5, numRuns: 400 }).entries()) {
    const draft = readEvent(timesOf(one))
    const id = events.createEventId()
    await events.add(db, owner, id, draft, n)
    all.push({ id, ...draft.span, updated: n })
  }
  const window = fc.record({
    min: fc.option(
      fc.oneof(
        fc.integer({ min: 0, max: 450_000 }),
        fc.constantFrom(...all.flatMap(e => [(e.endAt - BEGIN) / HOUR_MS, (e.startAt - BEGIN) / HOUR_MS + 1])),
      ),
    ),
    hours: fc.option(fc.integer({ min: 1, max: 5_000 })),
    orderBy: fc.constantFrom('startTime', 'updated'),
    size: fc.integer({ min: 1, max: 60 }),
  })
  const property = fc.asyncProperty(window, async ({ min, hours, orderBy, size }) => {
    const timeMin = min === null ? undefined : BEGIN + min * HOUR_MS
    const timeMax = hours === null ? undefined : (timeMin ?? BEGIN) + hours * HOUR_MS
    const by = orderBy === 'updated' ? 'updated' : 'startAt'
    const expected = all
      .filter(({ startAt, endAt }) => endAt > (timeMin ?? -1) && startAt < (timeMax ?? Number.POSITIVE_INFINITY))
      .sort((one, other) => one[by] - other[by] || (one.id < other.id ? -1 : 1))
      .map(({ id }) => id)
    const parameters = new URLSearchParams({
      ...(orderBy === 'updated' && { orderBy }),
      ...(timeMin !== undefined && { timeMin: iso(timeMin) }),
      ...(timeMax !== undefined && { timeMax: iso(timeMax) }),
    })
    const query = { ...readListQuery(parameters, owner), maxResults: size }
    const found: string[] = []
    do {
      const { items, next } = await list(db, owner, query)
      found.push(...items.map(({ id }) => id))
      query.after = next
    } while (query.after)
    expect(found).toEqual(expected)
  })
  await fc.assert(property, { seed: 7, numRuns: 60 })
})
