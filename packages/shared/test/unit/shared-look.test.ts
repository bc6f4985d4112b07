import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { openStore } from '../../src/database'
import { lookAtNumber, sharedLook } from '../../src/shared-look'

/** Looks that end when the test says so. */
function looks() {
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = []
  const look = jest.fn(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject })))
  return { open, look, ask: sharedLook(look) }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('those who ask in the same turn of the event loop share a look', async () => {
  const { open, look, ask } = looks()
  const [first, second] = [ask(), ask()]
  await turn()
  expect(look).toHaveBeenCalledTimes(1)
  open[0]?.resolve('now')
  expect([await first, await second]).toEqual(['now', 'now'])
})

test('those who ask during a look share the next one, which begins after it', async () => {
  const { open, look, ask } = looks()
  const first = ask()
  await turn()
  const [second, third] = [ask(), ask()]
  await turn()
  expect(look).toHaveBeenCalledTimes(1)
  open[0]?.resolve('before')
  expect(await first).toBe('before')
  await turn()
  expect(look).toHaveBeenCalledTimes(2)
  open[1]?.resolve('after')
  expect([await second, await third]).toEqual(['after', 'after'])
  void ask()
  await turn()
  expect(look).toHaveBeenCalledTimes(3)
})

test('a look that fails fails for those who share it, and the next one begins all the same', async () => {
  const { open, ask } = looks()
  const first = ask()
  await turn()
  const second = ask()
  open[0]?.reject(new Error('unreachable'))
  await expect(first).rejects.toThrow('unreachable')
  await turn()
  open[1]?.resolve('reachable')
  expect(await second).toBe('reachable')
})

describe('on SQLite', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'glasshouse-look-'))
  afterAll(() => rmSync(dataDir, { recursive: true }))

  test('a change by this process counts at once, one by another in the next turn of the event loop', async () => {
    const store = await openStore<{ counter: { value: number } }>(
      { service: 'looks', dataDir, databaseUrl: undefined },
      {},
    )
    const { handle } = store.driver as { handle: SqliteDatabase.Database }
    handle.exec('create table counter (value integer); insert into counter values (1)')
    const another = new SqliteDatabase(join(dataDir, 'looks.sqlite'))
    const look = lookAtNumber(store, 'counter')
    expect(look()).toBe(1)
    await store.db.updateTable('counter').set({ value: 2 }).execute()
    expect(look()).toBe(2)
    another.exec('update counter set value = 3')
    await turn()
    expect(look()).toBe(3)
    another.close()
    await store.close()
  })

  test('all who ask in one turn share a look', async () => {
    const store = await openStore<{ counter: { value: number } }>(
      { service: 'turns', dataDir, databaseUrl: undefined },
      {},
    )
    const { handle } = store.driver as { handle: SqliteDatabase.Database }
    handle.exec('create table counter (value integer); insert into counter values (1)')
    const read = jest.spyOn(Object.getPrototypeOf(handle.prepare('select 1')), 'get')
    const look = lookAtNumber(store, 'counter')
    for (let count = 0; count < 10; count++) look()
    const looks = read.mock.contexts.filter(statement => /counter/.test((statement as SqliteDatabase.Statement).source))
    expect(looks).toHaveLength(1)
    read.mockRestore()
    await store.close()
  })
})
