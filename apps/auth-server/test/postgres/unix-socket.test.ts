import { rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createTestFolder } from '@glasshouse/shared/testing/test-folder'
import { createTestStore, type TestStore } from '@glasshouse/shared/testing/test-store'
import { startAuthServer, tokens } from '../support'

/** Stands for a PostgreSQL server that listens on a Unix socket: passes everything on to the suite's server. */
let sockets: Server
let folder: string
let store: TestStore

beforeAll(async () => {
  store = await createTestStore()
  folder = createTestFolder('glasshouse-socket-')
  const { hostname, port } = new URL(store.databaseUrl ?? '')
  sockets = createServer(service => {
    const database = connect(Number(port), hostname)
    service.pipe(database).pipe(service)
    for (const one of [service, database]) one.on('error', () => {})
  })
  await new Promise<void>(resolve => sockets.listen(join(folder, '.s.PGSQL.5432'), resolve))
})

afterAll(async () => {
  sockets.close()
  await store.remove()
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['as libpq writes it', (account: string, path: string) => `${account}@/DATABASE?host=${path}`],
  ['beside a host', (account: string, path: string) => `${account}@localhost/DATABASE?host=${path}`],
  ['in place of the host', (account: string, path: string) => `${account}@${encodeURIComponent(path)}/DATABASE`],
])('DATABASE_URL may name a Unix socket %s', async (_name, write) => {
  const { username, password, pathname } = new URL(store.databaseUrl ?? '')
  const url = write(`postgres://${username}:${password}`, folder).replace('/DATABASE', pathname)
  const server = await startAuthServer({ DATABASE_URL: url })
  try {
    expect((await tokens(server)).access_token).toMatch(/^ey/)
  } finally {
    await server.stop()
  }
})
