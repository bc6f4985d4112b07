/** A store of an earlier version is upgraded, and its events are listed and found. */
import { openStore } from '@glasshouse/shared/database'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { readListQuery } from '../../src/calendar/list-query'
import { changedSince, inOneChange, lastChange } from '../../src/store/changes'
import { list } from '../../src/store/event-list'
import { migrations } from '../../src/store/migrations'
import type { Schema } from '../../src/store/schema'

const HOUR_MS = 3_600_000
const START = Date.UTC(2027, 2, 1, 10)

const ROW = {
  owner: 'usr_1',
  id: 'abcdef',
  etag: '"e"',
  status: 'confirmed',
  summary: 'Café',
  description: null,
  location: null,
  start_time: '{"dateTime":"2027-03-01T10:00:00Z"}',
  end_time: '{"dateTime":"2027-03-01T11:00:00Z"}',
  recurrence: null,
  start_at_ms: START,
  end_at_ms: START + HOUR_MS,
  search_text: 'café',
  created_ms: 1,
  updated_ms: 2,
}

test('from the first version', async () => {
  const store = await createTestStore()
  const place = { service: 'calendar-api', dataDir: store.dataDir, databaseUrl: store.databaseUrl }
  const old = await openStore<Schema>(place, { '001-events': migrations['001-events'] })
  await old.db
    .insertInto('events')
    .values(ROW as never)
    .execute()
  await old.close()
  const { db, close } = await openStore<Schema>(place, migrations)
  try {
    for (const query of ['', 'q=café', 'timeMin=2027-03-01T10:30:00Z', 'orderBy=updated']) {
      const { items } = await list(db, 'usr_1', readListQuery(new URLSearchParams(query), 'usr_1'))
      expect(items).toMatchObject([{ id: 'abcdef', etag: '"e"', summary: 'Café', created: 1, updated: 2 }])
    }
    // The index follows every change.
    await db.updateTable('events').set({ search_text: 'kitchen' }).execute()
    const found = async (q: string) =>
      (await list(db, 'usr_1', readListQuery(new URLSearchParams({ q }), 'usr_1'))).items.length
    expect([await found('café'), await found('kitchen')]).toEqual([0, 1])
    await db.deleteFrom('events').execute()
    expect(await found('kitchen')).toBe(0)
  } finally {
    await close()
    await store.remove()
  }
})

test('from the version with one calendar for each user: nothing that a sync token refers to is lost', async () => {
  const store = await createTestStore()
  const place = { service: 'calendar-api', dataDir: store.dataDir, databaseUrl: store.databaseUrl }
  const names = ['001-events', '002-growth', '003-series', '004-changes'] as const
  const old = await openStore<Schema>(place, Object.fromEntries(names.map(name => [name, migrations[name]])))
  await old.db
    .insertInto('events')
    .values({ ...ROW, change: 2 } as never)
    .execute()
  await old.db
    .insertInto('calendars')
    .values({ owner: 'usr_1', last_change: 3 } as never)
    .execute()
  await old.db
    .insertInto('deleted_events')
    .values({ owner: 'usr_1', id: 'gone1', change: 3 } as never)
    .execute()
  await old.close()
  const { db, close } = await openStore<Schema>(place, migrations)
  try {
    expect(await lastChange(db, 'usr_1')).toBe(3)
    const changed = await changedSince(db, 'usr_1', { change: 1, id: '~' }, 10)
    expect(changed.map(({ id, event }) => [id, event?.summary])).toEqual([
      ['abcdef', 'Café'],
      ['gone1', undefined],
    ])
    expect(await db.selectFrom('calendars').select(['id', 'owner']).execute()).toEqual([
      { id: 'usr_1', owner: 'usr_1' },
    ])
    expect(await inOneChange(db, 'usr_1', async (_tx, change) => change)).toBe(4)
  } finally {
    await close()
    await store.remove()
  }
})
