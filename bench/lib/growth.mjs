/**
 * How long the calendar's queries take with few events in the store, and with many, of which a tenth are alice's. They run in
 * this process, without HTTP, so that nothing hides the difference.
 */
import { createRequire } from 'node:module'
import { say } from '../../scripts/lib/run.mjs'
import { markdown } from './report.mjs'
import { median } from './rounds.mjs'

const require = createRequire(new URL('../../apps/calendar-api/package.json', import.meta.url))
const { sql } = require('kysely')
const { openStore } = require('@glasshouse/shared/database')
const { createTestFolder } = require('@glasshouse/shared/testing/test-folder')
const { startPostgresServer } = require('@glasshouse/shared/testing/postgres-server')
const { readListQuery } = require('./dist/calendar/list-query.js')
const { find } = require('./dist/store/calendars.js')
const { changedSince } = require('./dist/store/changes.js')
const { list } = require('./dist/store/event-list.js')
const { migrations } = require('./dist/store/migrations/index.js')
const { listSingleEvents } = require('./dist/store/single-events.js')

const FEW = 1_000
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const FIRST_DAY = Date.UTC(2020, 0, 1)
/** As many events as alice has in each month, however many she has in all. */
const A_MONTH = 30
const ROUNDS = 25
const CALLS = 20

/** @param {string} engine @param {number} many how many events @returns {Promise<void>} */
export async function printGrowth(engine, many) {
  const stores = [await openFilled(engine, FEW), await openFilled(engine, many)]
  try {
    const [few, grown] = stores.map(({ queries }) => queries)
    const rows = []
    for (const name of Object.keys(grown)) rows.push([name, ...(await compare(few[name], grown[name])).map(two)])
    say(markdown([`${engine}, ms`, FEW.toLocaleString('en'), many.toLocaleString('en'), 'ratio'], rows))
  } finally {
    for (const { close } of stores) await close()
  }
}

const two = value => value.toFixed(2)

/** @returns {Promise<{ queries: Record<string, () => Promise<unknown>>, close: () => Promise<void> }>} */
async function openFilled(engine, total) {
  const server = engine === 'postgres' ? await startPostgresServer({}) : undefined
  const place = { dataDir: createTestFolder('glasshouse-growth-'), ...(server && { databaseUrl: server.url }) }
  const store = await openStore({ service: 'calendar-api', ...place }, migrations)
  const close = async () => {
    await store.close()
    await server?.remove()
  }
  try {
    say(`filling a store with ${total.toLocaleString('en')} events …`)
    await fill(store, total)
    return { queries: await queriesOf(store.db, total / 10), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function fill({ db, driver }, total) {
  await db.transaction().execute(async transaction => {
    for (let n = 0; n < total; n += 400) {
      const rows = Array.from({ length: Math.min(400, total - n) }, (_, i) => eventNumber(n + i))
      await transaction.insertInto('events').values(rows).execute()
    }
    await transaction.insertInto('calendars').values({ id: 'alice', owner: 'alice', last_change: total }).execute()
  })
  if (driver.engine === 'postgres') await sql`vacuum analyze`.execute(db)
}

/**
 * Every tenth event is alice's: one a day. Each fiftieth of hers repeats for four weeks. One contains "jabberwock", each
 * 500th "caterpillar", and each second "mushroom".
 */
function eventNumber(n) {
  const [isHers, i] = [n % 10 === 0, Math.floor(n / 10)]
  const start = FIRST_DAY + (isHers ? i : (n * 7919) % 3650) * DAY_MS + (n % 24) * HOUR_MS
  const repeats = isHers && i % 50 === 7
  const rare = i === 50 ? 'jabberwock' : i % 500 === 0 ? 'caterpillar' : undefined
  const summary = `${(isHers && rare) || ['tea', 'croquet', 'mushroom', 'walk'][n % 4]} ${n}`
  const timeOf = ms => JSON.stringify({ dateTime: new Date(ms).toISOString(), timeZone: 'Europe/London' })
  return {
    calendar: isHers ? 'alice' : `somebody${n % 997}`,
    id: `event${n.toString(32).padStart(8, '0')}`,
    etag: `"${n}"`,
    status: 'confirmed',
    summary,
    description: null,
    location: 'Oxford',
    start_time: timeOf(start),
    end_time: timeOf(start + HOUR_MS),
    recurrence: repeats ? JSON.stringify(['RRULE:FREQ=WEEKLY;COUNT=4']) : null,
    start_at_ms: start,
    end_at_ms: start + HOUR_MS + (repeats ? 21 * DAY_MS : 0),
    change: i + 1,
    search_text: `${summary}\noxford`,
    created_ms: start,
    updated_ms: FIRST_DAY + n * 1000,
  }
}

async function queriesOf(db, hers) {
  const query = parameters => readListQuery(new URLSearchParams(parameters), 'alice')
  const from = FIRST_DAY + Math.floor(hers / 2) * DAY_MS
  const window = {
    timeMin: new Date(from).toISOString(),
    timeMax: new Date(from + A_MONTH * DAY_MS).toISOString(),
  }
  const month = query(window)
  const aPage = { maxResults: String(A_MONTH) }
  const updated = query({ ...aPage, orderBy: 'updated' })
  const one = query({ ...aPage, q: 'jabberwock' })
  const few = query({ maxResults: '1', q: 'caterpillar' })
  const many = query({ ...aPage, q: 'mushroom' })
  const manyInMonth = query({ ...window, q: 'mushroom' })
  const single = query({ ...window, singleEvents: 'true', orderBy: 'startTime' })
  const late = await lastPage(db, query({ maxResults: '25' }), 400)
  const seen = { change: hers - A_MONTH, id: '' }
  return {
    'a month': () => list(db, 'alice', month),
    'a month, series expanded': () => listSingleEvents(db, 'alice', single, Date.now()),
    'the first page by last change': () => list(db, 'alice', updated),
    'a word in one event': () => list(db, 'alice', one),
    'a word in each 500th event: the first': () => list(db, 'alice', few),
    'a frequent word, the first page': () => list(db, 'alice', many),
    'a frequent word within a month': () => list(db, 'alice', manyInMonth),
    'the 400th page, or the last': () => list(db, 'alice', late),
    'what an address of Google’s adds: its calendar': () => find(db, 'alice', 'alice'),
    'the last 30 changes': () => changedSince(db, 'alice', seen, 250),
  }
}

async function lastPage(db, query, atMost) {
  let [page, at] = [await list(db, 'alice', query), query]
  for (let number = 1; number < atMost && page.next; number += 1) {
    at = { ...query, after: page.next }
    page = await list(db, 'alice', at)
  }
  return at
}

/** Takes turns, so that what else the machine does meets both. @returns the medians in milliseconds, and that of the ratios */
async function compare(one, other) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push([await time(one), await time(other)])
  const medianOf = pick => median(rounds.map(pick))
  return [medianOf(([ms]) => ms), medianOf(([, ms]) => ms), medianOf(([few, many]) => many / few)]
}

async function time(run) {
  const began = performance.now()
  for (let call = 0; call < CALLS; call += 1) await run()
  return (performance.now() - began) / CALLS
}
