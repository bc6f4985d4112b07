/** How the engines find deleted events: by an index, and without reading those that are not wanted. */
import { BATCH } from '@glasshouse/shared/sweep'
import { sql } from 'kysely'
import { readListQuery } from '../../src/calendar/list-query'
import { REMEMBERED_MS } from '../../src/calendar/sync-token'
import { addDeleted, forgetDeleted } from '../../src/store/deleted-events'
import { isSqlite, plansOf, queriesOf } from '../queries'
import { newOwner, startCalendarApi, type TestCalendarApi } from '../support'

const owner = newOwner()
const MINUTE_MS = 60_000
const MINUTES = 5_000
let api: TestCalendarApi

/** Several owners delete an event each minute. */
beforeAll(async () => {
  api = await startCalendarApi()
  const { db } = api.context
  for (const who of [owner, newOwner(), newOwner(), newOwner()]) {
    for (let n = 0; n < MINUTES; n += 500) {
      const rows = Array.from({ length: 500 }, (_, i) => ({
        calendar: who,
        id: `event${n + i}`,
        change: n + i,
        deleted_ms: (n + i) * MINUTE_MS,
      }))
      await db.insertInto('deleted_events').values(rows).execute()
    }
  }
  if (!isSqlite(db)) await sql`analyze deleted_events, events`.execute(db)
})
afterAll(() => api.stop())

async function stepsOf(act: () => Promise<unknown>): Promise<string> {
  const [plan = []] = await plansOf(api.context.db, await queriesOf(act))
  return plan.join('\n')
}

/** On PostgreSQL, which counts them. */
const removed = (steps: string) => [...steps.matchAll(/Rows Removed by .*: (\d+)/g)].map(([, count]) => Number(count))

test.each([
  ['', 'deleted_events_of_owner'],
  // Most of the owner's are wanted, so the order of the ids is as good.
  ['&singleEvents=true&orderBy=startTime', 'deleted_events'],
])('updatedMin%s reads those of one owner', async (more, index) => {
  const since = new Date(1_000 * MINUTE_MS).toISOString()
  const query = readListQuery(new URLSearchParams(`updatedMin=${since}${more}`), owner)
  const steps = await stepsOf(async () => {
    const { items } = await addDeleted(api.context.db, owner, query, { items: [], next: undefined })
    expect(items).toHaveLength(250)
  })
  expect(steps).toContain(index)
  expect(steps).not.toMatch(/Seq Scan on deleted_events|^SCAN deleted_events/m)
  // Those of the other owners would be 12,000.
  expect(Math.max(0, ...removed(steps))).toBeLessThan(100)
})

test('a batch of old ones is read by their time', async () => {
  const now = REMEMBERED_MS + MINUTES * MINUTE_MS
  const steps = await stepsOf(async () => expect(await forgetDeleted(api.context.db, now)).toBe(BATCH))
  expect(steps).toContain('deleted_events_by_time')
  expect(steps).not.toMatch(/Seq Scan on deleted_events|^SCAN deleted_events/m)
})
