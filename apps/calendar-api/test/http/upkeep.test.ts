/** Deleted events are forgotten when no sync token is old enough to need them. */
import { BATCH } from '@glasshouse/shared/sweep'
import { runUpkeep } from '../../src/upkeep'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

const DAY_S = 86_400

let api: TestCalendarApi
beforeEach(async () => {
  api = await startCalendarApi()
})
afterEach(() => api.stop())

/** A token whose times do not depend on the clock that the test moves. */
const userNow = (owner: string) => {
  const now = Math.floor(api.context.clock() / 1000)
  return callerOf(api, api.token(owner, { claims: { iat: now, exp: now + 600 } }))
}

async function later(days: number): Promise<void> {
  api.advance(days * DAY_S)
  await runUpkeep(api.context)
}

const remembered = () => api.context.db.selectFrom('deleted_events').select('id').orderBy('id').execute()

test('a deleted event is in every sync whose token is valid, and is then forgotten', async () => {
  const owner = newOwner()
  const { id } = (await userNow(owner)('POST', '', { body: draft() })).json
  const { nextSyncToken } = (await userNow(owner)('GET')).json
  await userNow(owner)('DELETE', `/${id}`)
  await later(89.9)
  const sync = () => userNow(owner)('GET', `?syncToken=${nextSyncToken}`)
  expect((await sync()).json.items).toEqual([{ id, status: 'cancelled' }])
  await later(0.2)
  expect((await sync()).status).toBe(410)
  expect(await remembered()).toHaveLength(1)
  await later(1)
  expect(await remembered()).toEqual([])
})

test('all that are old enough are forgotten, however many, and no others', async () => {
  const { db, clock } = api.context
  const row = (n: number, daysAgo: number) => ({
    calendar: `usr_${n % 3}`,
    id: `event${n}`,
    change: n,
    deleted_ms: clock() - daysAgo * DAY_S * 1000,
  })
  const old = Array.from({ length: 2 * BATCH + 1 }, (_, n) => row(n, 91.1))
  await db
    .insertInto('deleted_events')
    .values([...old, row(1000, 90.9), row(1001, 0)])
    .execute()
  await runUpkeep(api.context)
  expect(await remembered()).toEqual([{ id: 'event1000' }, { id: 'event1001' }])
})

test('a deleted calendar is forgotten after a day, and no other', async () => {
  const { db } = api.context
  const owner = newOwner()
  const google = callerOf(api, api.token(owner), '/calendar/v3')
  const create = async () => (await google('POST', '/calendars', { body: { summary: 'Trips' } })).json.id
  const [gone, kept] = [await create(), await create()]
  await google('DELETE', `/calendars/${gone}`)
  const ids = async () =>
    (await db.selectFrom('calendars').select('id').where('owner', '=', owner).execute()).map(row => row.id)
  await later(0.9)
  expect(await ids()).toContain(gone)
  await later(0.2)
  expect((await ids()).sort()).toEqual([kept, owner].sort())
})
