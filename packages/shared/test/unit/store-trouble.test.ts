/** If a store cannot be opened, one line names the file or the variable and says what to do. */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Kysely, type Migration, sql } from 'kysely'
import { holdData } from '../../src/data-lock'
import { openStore } from '../../src/database'
import { explainStoreTrouble } from '../../src/store-trouble'
import { createTestFolder } from '../../src/testing/test-folder'

let folder: string
beforeEach(() => {
  folder = createTestFolder('glasshouse-store-')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PAGES = 40

const notes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('notes').addColumn('text', 'text').execute()
    for (let page = 0; page < PAGES; page++) await sql`insert into notes values (${'x'.repeat(4000)})`.execute(db)
  },
}
const fullDisk: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`pragma max_page_count = 10`.execute(db)
    await notes.up(db)
  },
}

const location = (dataDir = folder) => ({ service: 'a-service', dataDir, databaseUrl: undefined })
const file = () => join(folder, 'a-service.sqlite')

/** @returns the operator's message, or 'none'; a store that could be opened is closed again */
async function troubleOf(dataDir = folder, migrations: Record<string, Migration> = { '0001_notes': notes }) {
  const opened = openStore(location(dataDir), migrations)
  await opened.then(
    store => store.close(),
    () => {},
  )
  return opened.then(
    () => 'none',
    error => error.message,
  )
}

describe('SQLite', () => {
  test('an empty file becomes a new store', async () => {
    writeFileSync(file(), '')
    expect(await troubleOf()).toBe('none')
    expect(await troubleOf()).toBe('none')
  })

  test('a DATA_DIR that is a file, or inside one, is named', async () => {
    writeFileSync(file(), '')
    for (const wrong of [file(), join(file(), 'inside')]) {
      expect(await troubleOf(wrong)).toBe(
        `DATA_DIR=${wrong} is a file or inside a file, not a folder. Set DATA_DIR to another folder.`,
      )
      expect(() => holdData(location(wrong))).toThrow(`DATA_DIR=${wrong} is a file or inside a file`)
    }
  })

  test('a file that cannot be opened is named', async () => {
    mkdirSync(file())
    expect(await troubleOf()).toBe(
      `${file()} cannot be written (SQLITE_CANTOPEN). Give the current user write permission for the file and its folder, or set DATA_DIR to another folder.`,
    )
  })

  test('a file that is not a database is named', async () => {
    writeFileSync(file(), 'a shopping list, longer than the header of a database\n'.repeat(100))
    expect(await troubleOf()).toMatch(
      /a-service\.sqlite is damaged, or is not a SQLite file \(SQLITE_NOTADB\)\. Restore/,
    )
  })

  test('a damaged file is named', async () => {
    await troubleOf()
    const descriptor = openSync(file(), 'r+')
    for (let page = 1; page < PAGES; page++) writeSync(descriptor, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096)
    closeSync(descriptor)
    expect(await troubleOf()).toMatch(/a-service\.sqlite is damaged, or is not a SQLite file \(SQLITE_CORRUPT\)/)
  })

  test('data of a newer version is named, with the migration that this one does not know', async () => {
    await troubleOf(folder, { '0001_notes': notes, '0002_tags': { up: async () => {} } })
    expect(await troubleOf()).toBe(
      `${file()} was written by a newer version of Glasshouse (0002_tags). Run that version, or set DATA_DIR to another folder.`,
    )
  })

  test('a full disk is named, not the rollback that came after it', async () => {
    const expected = `The disk is full: ${file()} cannot grow. Free some space, or set DATA_DIR to another folder.`
    expect(await troubleOf(folder, { '0001_full': fullDisk })).toBe(expected)
  })

  test('a disk that fills up while the service runs is reported as SQLITE_FULL', async () => {
    const store = await openStore<{ notes: { text: string } }>(location(), { '0001_notes': notes })
    await sql`pragma max_page_count = ${sql.lit(PAGES)}`.execute(store.db)
    const fill = store.db.transaction().execute(async transaction => {
      for (let page = 0; page < PAGES; page++) {
        await transaction
          .insertInto('notes')
          .values({ text: 'x'.repeat(4000) })
          .execute()
      }
    })
    await expect(fill).rejects.toMatchObject({ code: 'SQLITE_FULL' })
    await expect(store.db.selectFrom('notes').selectAll().execute()).resolves.toHaveLength(PAGES)
    await store.close()
  })

  test.each([
    ['ERR_DLOPEN_FAILED', 'NODE_MODULE_VERSION 127', /^better-sqlite3 is not built for Node v\d.*Run "npm start"/],
    ['', 'Could not locate the bindings file. Tried: …', /^better-sqlite3 is not built for Node v\d.*pnpm rebuild/],
    ['EACCES', '', /^DATA_DIR=\/data cannot be created \(EACCES\)\. Create it for the current user, or set DATA_DIR/],
    ['EROFS', '', /^DATA_DIR=\/data cannot be created \(EROFS\)/],
    ['SQLITE_READONLY', '', /^\/data\/a-service\.sqlite cannot be written \(SQLITE_READONLY\)/],
    ['ENOSPC', '', /^The disk is full: \/data\/a-service\.sqlite/],
    ['SQLITE_IOERR_WRITE', '', /^\/data\/a-service\.sqlite cannot be read or written .*full or faulty/],
    ['SQLITE_BUSY', '', /^Another program has locked \/data\/a-service\.sqlite\. Stop that program/],
  ])('%s %s becomes a line that says what to do', (code, message, line) => {
    const error = Object.assign(new Error(message), { code })
    expect(explainStoreTrouble(error, location('/data'))).toMatchObject({ message: expect.stringMatching(line) })
  })
})

describe('PostgreSQL', () => {
  const SECRET = 'not-for-the-log'
  const postgres = (databaseUrl: string) => ({ service: 'a-service', dataDir: folder, databaseUrl })
  const explain = (error: Error) =>
    explainStoreTrouble(error, postgres(`postgres://alice:${SECRET}@db.example:5433/glasshouse`)) as Error

  test.each([
    ['28P01', '', /^db\.example:5433\/glasshouse rejected the user name or password in DATABASE_URL/],
    ['28000', '', /^db\.example:5433\/glasshouse does not allow the user in DATABASE_URL to connect/],
    ['3D000', '', /^db\.example:5433\/glasshouse does not exist\. Create this database, or correct DATABASE_URL/],
    ['42501', '', /may not create a schema in db\.example:5433\/glasshouse/],
    ['53300', '', /has no free connection/],
    ['ENOTFOUND', '', /^Cannot reach PostgreSQL at db\.example:5433\/glasshouse \(ENOTFOUND\)/],
    ['', 'SASL: client password must be a string', /requires a password\. Add it to DATABASE_URL/],
    ['', 'The server does not support SSL connections', /does not support TLS\. Remove sslmode from DATABASE_URL/],
    [
      '',
      'corrupted migrations: previously executed migration 0009_x is missing',
      /^The schema a_service at db\.example:5433\/glasshouse was written by a newer version of Glasshouse \(0009_x\)/,
    ],
    ['XX000', 'oh', /^Cannot use PostgreSQL at db\.example:5433\/glasshouse \(DATABASE_URL\): oh$/],
  ])('%s %s becomes a line that says what to do, without the password', (code, message, line) => {
    const { message: text } = explain(Object.assign(new Error(message), { code }))
    expect(text).toMatch(line)
    expect(text).not.toContain(SECRET)
  })

  test('a Unix socket is named by its folder', () => {
    const url = `postgres://alice:${SECRET}@localhost/glasshouse?host=/var/run/postgresql`
    const error = Object.assign(new Error('connect'), { code: 'ENOENT' })
    const { message } = explainStoreTrouble(error, postgres(url)) as Error
    expect(message).toMatch(/^Cannot reach PostgreSQL at \/var\/run\/postgresql, database glasshouse \(ENOENT\)/)
    expect(message).not.toContain(SECRET)
  })

  test('for a host with several addresses, the error code of the first is named', () => {
    const each = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    expect(explain(new AggregateError([each, each])).message).toMatch(/Cannot reach .*\(ECONNREFUSED\)/)
  })

  test.each(['postgres://', 'postgres://user:p%ss@[x/db'])('%s is not a URL that can be used', async databaseUrl => {
    await expect(openStore(postgres(databaseUrl), {})).rejects.toThrow(/DATABASE_URL/)
  })

  test('a server that cannot be reached is named by its address', async () => {
    const port = await freePort()
    await expect(openStore(postgres(`postgres://x:${SECRET}@127.0.0.1:${port}/db`), {})).rejects.toThrow(
      `Cannot reach PostgreSQL at 127.0.0.1:${port}/db (ECONNREFUSED). Start it, or correct DATABASE_URL.`,
    )
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
