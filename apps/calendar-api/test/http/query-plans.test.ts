/** How the engines run the queries of a list: by an index, and without reading much more of it than the answer contains. */
import { sql } from 'kysely'
import { readEvent } from '../../src/calendar/event-input'
import { nameOfProperty } from '../../src/calendar/extended-properties'
import { readListQuery } from '../../src/calendar/list-query'
import * as calendars from '../../src/store/calendars'
import { changedSince, lastUpdate } from '../../src/store/changes'
import { list } from '../../src/store/event-list'
import * as events from '../../src/store/events'
import { listSingleEvents } from '../../src/store/single-events'
import { isSqlite, plansOf, queriesOf } from '../queries'
import { draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

const owner = newOwner()
const DAYS = 5_000
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** All of this owner's events have the one, and ten have the other, as all of the other owners' have. */
const [COMMON, RARE] = ['app=tripmate', 'trip=42']
let api: TestCalendarApi

/** An event a day for each of several owners, with the word `zebra` in one. PostgreSQL plans by what the table contains. */
beforeAll(async () => {
  api = await startCalendarApi()
  const { db } = api.context
  await events.add(db, owner, 'original1', readEvent(draft({ summary: 'Breakfast with a zebra' })), 0)
  const { number: _, ...original } = await db.selectFrom('events').selectAll().executeTakeFirstOrThrow()
  for (const who of [owner, newOwner(), newOwner(), newOwner()]) {
    for (let n = 1; n < DAYS; n += 500) {
      const rows = Array.from({ length: 500 }, (_value, i) => ({
        ...original,
        calendar: who,
        id: events.createEventId(),
        search_text: `breakfast ${n + i}`,
        start_at_ms: original.start_at_ms + (n + i) * DAY_MS,
        end_at_ms: original.end_at_ms + (n + i) * DAY_MS,
        updated_ms: n + i,
      }))
      await db.insertInto('events').values(rows).execute()
      const properties = rows.flatMap(({ id }, i) =>
        (who !== owner ? [RARE] : (n + i) % 500 > 0 ? [COMMON] : [COMMON, RARE]).map(name => ({
          calendar: who,
          id,
          property: nameOfProperty('private', name),
        })),
      )
      await db.insertInto('event_properties').values(properties).execute()
    }
  }
  if (!isSqlite(db)) await sql`analyze events, event_properties`.execute(db)
})
afterAll(() => api.stop())

/** Of the list as it is read twice, and once it is known. */
async function stepsOf(query: string): Promise<string[]> {
  const { db } = api.context
  const read = () => list(db, owner, readListQuery(new URLSearchParams(query), owner))
  const queries = await queriesOf(() => read().then(read).then(read))
  return (await plansOf(db, queries)).flat()
}

const MONTH = 'timeMin=2032-03-01T00:00:00Z&timeMax=2032-04-01T00:00:00Z'
const TEXT = { sqlite: 'events USING INTEGER PRIMARY KEY', postgres: 'events_by_text' }

test.each([
  ['', 'events_by_start'],
  [MONTH, 'events_by_start', 'events_by_length'],
  ['timeMin=2032-03-01T00:00:00Z', 'events_by_start', 'events_by_length'],
  ['orderBy=updated', 'events_by_update'],
  [`orderBy=updated&${MONTH}`, 'events_by_start', 'events_by_length'],
  ['q=zebra', TEXT],
  [`privateExtendedProperty=${RARE}`, 'events_by_property'],
  [`privateExtendedProperty=${RARE}&orderBy=updated&${MONTH}`, 'events_by_property'],
  ['updatedMin=1970-01-01T00:00:04.900Z', 'events_by_update'],
  ['updatedMin=1970-01-01T00:00:04.900Z&singleEvents=true&orderBy=startTime', 'events_by_update'],
  ['iCalUID=original1@glasshouse.example', 'events_of_series'],
  [`privateExtendedProperty=${COMMON}`, 'events_by_property', 'events_by_start'],
])('"%s" is read by an index', async (query, ...indexes) => {
  const steps = await stepsOf(query)
  const engine = isSqlite(api.context.db) ? 'sqlite' : 'postgres'
  for (const index of indexes) {
    expect(steps.join('\n')).toContain(typeof index === 'string' ? index : index[engine])
  }
  if (engine === 'sqlite') {
    // What is scanned is short: the result of a part, the numbers that were found, or those in the full-text index.
    const isShort = (step: string) => /^SCAN (later|found|json_each|event_search VIRTUAL TABLE INDEX 0:M)/.test(step)
    expect(steps.filter(step => /^SCAN/.test(step) && !isShort(step))).toEqual([])
    // The start of each event that is under way is compared only after the index has found it.
    expect(steps.filter(step => /events_by_length/.test(step) && !/end_at_ms>\? AND end_at_ms<\?/.test(step))).toEqual(
      [],
    )
    return
  }
  expect(steps.filter(step => /Seq Scan/.test(step))).toEqual([])
  const removed = steps.map(step => Number(/Rows Removed by .*: (\d+)/.exec(step)?.[1] ?? 0))
  expect(Math.max(...removed)).toBeLessThan(10)
})

test('the series of a month are read by an index, without those that begin later', async () => {
  const { db } = api.context
  const gardener = newOwner()
  const { number: _, ...event } = await db.selectFrom('events').selectAll().limit(1).executeTakeFirstOrThrow()
  const recurrence = JSON.stringify(['RRULE:FREQ=DAILY;COUNT=3'])
  const timeOf = (ms: number) => JSON.stringify({ dateTime: new Date(ms).toISOString(), timeZone: 'UTC' })
  for (let n = 0; n < 2_000; n += 500) {
    const rows = Array.from({ length: 500 }, (_value, i) => {
      const start = event.start_at_ms + (n + i) * DAY_MS
      const when = {
        start_at_ms: start,
        start_time: timeOf(start),
        end_at_ms: start + 3 * DAY_MS,
        end_time: timeOf(start + HOUR_MS),
      }
      return { ...event, ...when, calendar: gardener, id: events.createEventId(), recurrence }
    })
    await db.insertInto('events').values(rows).execute()
  }
  if (!isSqlite(db)) await sql`analyze events`.execute(db)
  const query = readListQuery(new URLSearchParams(`${MONTH}&singleEvents=true&orderBy=startTime`), gardener)
  const queries = await queriesOf(async () => {
    expect((await listSingleEvents(db, gardener, query, 0)).items).not.toEqual([])
  })
  const plans = await plansOf(db, queries)
  const [plan = []] = plans.filter(steps => /events_repeating/.test(steps.join('\n')))
  expect(plan).not.toEqual([])
  const removed = plan.map(step => Number(/Rows Removed by .*: (\d+)/.exec(step)?.[1] ?? 0))
  expect(Math.max(...removed)).toBeLessThan(10)
})

test('what has changed is read by an index', async () => {
  const { db } = api.context
  const queries = await queriesOf(() => changedSince(db, owner, { change: 1, id: '' }, 10))
  const steps = (await plansOf(db, queries)).flat()
  expect(steps.join('\n')).toContain('events_by_change')
  expect(steps.filter(step => /Seq Scan on events|^SCAN (events|deleted_events)/.test(step))).toEqual([])
})

test('what the list at Google’s address says about its calendar is read by an index', async () => {
  const { db } = api.context
  const queries = await queriesOf(async () => {
    await lastUpdate(db, owner)
    await calendars.find(db, owner, owner)
  })
  const [update = [], calendar = []] = await plansOf(db, queries)
  expect(update.join('\n')).toContain('events_by_update')
  expect(update.filter(step => /Sort|TEMP B-TREE|Seq Scan|^SCAN/.test(step))).toEqual([])
  // PostgreSQL reads a table of one page as a whole.
  if (isSqlite(db)) expect(calendar.join('\n')).toMatch(/^SEARCH calendars USING INDEX/)
})
