import { openStore } from '@glasshouse/shared/database'
import { BATCH } from '@glasshouse/shared/sweep'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { migrations } from '../../src/store/migrations'
import type { Schema } from '../../src/store/schema'
import { runUpkeep, startUpkeep } from '../../src/upkeep'
import { addDinner, connect, NOW, startConnecting, startTripmate, submit, type Tripmate, textOf } from '../support'

const DAY = 24 * 60 * 60
/** How long an unused session lives, in seconds. */
const SESSION = 90 * DAY

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

const TABLES: (keyof Schema)[] = ['sessions', 'authorization_attempts', 'connections', 'trips', 'trip_items']

async function count(table: keyof Schema): Promise<number> {
  const { n } = await tripmate.context.db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}

async function sizes(): Promise<Record<string, number>> {
  return Object.fromEntries(await Promise.all(TABLES.map(async table => [table, await count(table)])))
}

const nothing = Object.fromEntries(TABLES.map(table => [table, 0]))

async function later(seconds: number): Promise<void> {
  tripmate.advance(seconds)
  await runUpkeep(tripmate.context)
}

/** A user with a connected calendar and a trip. */
async function somebody(): Promise<TestBrowser> {
  const { browser } = await connect(tripmate)
  await addDinner(tripmate, browser)
  await submit(tripmate, browser, '/trips', { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')
  return browser
}

/** A session that expires at the given time. */
const session = (id: string, userId: string | null, expires_at: number) => ({
  id,
  content: JSON.stringify(userId ? { userId } : {}),
  user_id: userId,
  expires_at,
})

describe('sweeping', () => {
  it('removes an expired session and all data of its user', async () => {
    await somebody()
    for (const size of Object.values(await sizes())) expect(size).toBeGreaterThan(0)
    await later(SESSION + 60)
    expect(await sizes()).toEqual(nothing)
  })

  it('keeps everything that an active session shows, however old it is', async () => {
    const browser = await somebody()
    const before = await sizes()
    for (let month = 0; month < 6; month++) {
      await later(30 * DAY)
      await browser.get(`${tripmate.url}/trips`)
    }
    expect(await sizes()).toEqual({ ...before, authorization_attempts: 0 })
    expect(textOf(await browser.get(tripmate.url))).toContain('Lisbon, a long weekend')
  })

  it('keeps an ended connection until the user has been told', async () => {
    const browser = await somebody()
    tripmate.accounts.refreshTokens.clear()
    await later(DAY)
    await browser.get(tripmate.url)
    await later(DAY)
    expect(textOf(await browser.get(tripmate.url))).toContain('Your calendar connection has ended')
    await later(SESSION + 60)
    expect(await count('connections')).toBe(0)
  })

  it('removes nothing that belongs to another user', async () => {
    const [, living] = [await somebody(), await somebody()]
    tripmate.advance(SESSION - DAY)
    await living.get(tripmate.url)
    await later(2 * DAY)
    expect(await sizes()).toMatchObject({ sessions: 1, connections: 1, trips: 1, trip_items: 8 })
    expect(textOf(await living.get(tripmate.url))).toContain('Lisbon, a long weekend')
  })

  it('keeps everything of a user who has another active session', async () => {
    await somebody()
    const { db } = tripmate.context
    const { user_id } = await db.selectFrom('sessions').select('user_id').executeTakeFirstOrThrow()
    const before = await sizes()
    await db
      .insertInto('sessions')
      .values(session('left-behind', user_id, NOW))
      .execute()
    await later(DAY)
    expect(await sizes()).toEqual({ ...before, authorization_attempts: 0 })
  })

  it('removes an authorization request once it is too late for its response', async () => {
    const browser = new TestBrowser()
    const url = await startConnecting(tripmate, browser)
    await later(599)
    expect((await browser.get(tripmate.accounts.allow(url))).status).toBe(303)
    await startConnecting(tripmate, browser)
    await later(660)
    expect(await count('authorization_attempts')).toBe(0)
  })

  it('works batch by batch until nothing is left, and can stop between two batches', async () => {
    const rows = Array.from({ length: BATCH * 2 + 1 }, (_, n) => session(`dead-${n}`, n % 2 ? `user-${n}` : null, n))
    await tripmate.context.db.insertInto('sessions').values(rows).execute()
    const stop = new AbortController()
    stop.abort()
    await runUpkeep(tripmate.context, stop.signal)
    expect(await count('sessions')).toBe(rows.length)
    await runUpkeep(tripmate.context)
    expect(await count('sessions')).toBe(0)
  })

  it('can run in several copies at once', async () => {
    await somebody()
    tripmate.advance(SESSION + 60)
    await Promise.all([1, 2, 3].map(() => runUpkeep(tripmate.context)))
    expect(await sizes()).toEqual(nothing)
  })
})

it('runs once a minute until Tripmate stops', async () => {
  jest.useFakeTimers({ doNotFake: ['Date', 'setImmediate', 'setTimeout', 'nextTick', 'queueMicrotask'] })
  try {
    const looked = jest.spyOn(tripmate.context, 'clock')
    const ran = new Promise<void>(resolve =>
      looked.mockImplementation(() => {
        resolve()
        return NOW
      }),
    )
    const stop = startUpkeep(tripmate.context)
    expect(looked).not.toHaveBeenCalled()
    jest.advanceTimersByTime(60_000)
    await ran
    await stop()
    looked.mockClear()
    jest.advanceTimersByTime(60_000)
    await stop()
    expect(looked).not.toHaveBeenCalled()
  } finally {
    jest.useRealTimers()
  }
})

it('knows the user of a session that is older than the sweeping feature', async () => {
  const place = await createTestStore()
  const location = { service: 'client-app', dataDir: place.dataDir, databaseUrl: place.databaseUrl }
  try {
    const before = await openStore<Schema>(location, { '001-tripmate': migrations['001-tripmate'] })
    const rows = [session('somebody', 'a-user', NOW), session('nobody', null, NOW)]
    await before.db
      .insertInto('sessions')
      .values(rows.map(({ user_id: _, ...row }) => row as (typeof rows)[0]))
      .execute()
    await before.close()
    const store = await openStore<Schema>(location, migrations)
    expect(await store.db.selectFrom('sessions').selectAll().orderBy('id').execute()).toEqual(rows.reverse())
    await store.close()
  } finally {
    await place.remove()
  }
})
