import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import SqliteDatabase from 'better-sqlite3'
import express, { type NextFunction, type Request, type Response } from 'express'
import { Kysely, SqliteDialect } from 'kysely'
import { createSessionTable, type SessionTable, sessions } from '../../src/sessions'

declare module 'express-session' {
  interface SessionData {
    said: string
  }
}

test('no part of a redirect is sent before its session is stored, as the browser may follow it at once', async () => {
  const store = await openSlowStore()
  const app = express()
  app.get('/other', (_request, response) => void response.send('here'))
  app.use(sessions(store.db, { cookieName: 'test', secret: 'x'.repeat(32), origin: 'http://localhost', maxAge: 60 }))
  app.post('/say', (request, response) => {
    request.session.said = 'hello'
    response.redirect(303, '/')
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  try {
    const order: string[] = []
    const redirected = fetch(`${url}/say`, { method: 'POST', redirect: 'manual' }).then(response => {
      order.push('answered')
      return response
    })
    await store.writing
    // Anything sent by now would arrive before this response.
    expect(await (await fetch(`${url}/other`)).text()).toBe('here')
    order.push('stored')
    store.letWrite()
    const response = await redirected
    expect(order).toEqual(['stored', 'answered'])
    expect(response.status).toBe(303)
    expect(await response.text()).toContain('Redirecting')
  } finally {
    server.close()
    server.closeAllConnections()
    await store.db.destroy()
  }
})

test('a response whose session cannot be stored is replaced by the error', async () => {
  const store = await openSlowStore()
  await store.db.destroy()
  const app = express()
  app.use(sessions(store.db, { cookieName: 'test', secret: 'x'.repeat(32), origin: 'http://localhost', maxAge: 60 }))
  app.post('/say', (request, response) => {
    request.session.said = 'hello'
    response.redirect(303, '/')
  })
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(503).send('not stored')
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const response = await fetch(`${url}/say`, { method: 'POST', redirect: 'manual' })
    expect([response.status, response.headers.get('Location'), await response.text()]).toEqual([
      503,
      null,
      'not stored',
    ])
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('the expiry of a session in use is written once a minute, not at every request', async () => {
  let now = Date.now()
  const written: string[] = []
  const db = new Kysely<{ sessions: SessionTable }>({
    dialect: new SqliteDialect({ database: new SqliteDatabase(':memory:') }),
    log: ({ query }) => {
      if (/^(insert|update)/.test(query.sql)) written.push(query.sql)
    },
  })
  await createSessionTable(db)
  const app = express()
  const options = { cookieName: 'test', secret: 'x'.repeat(32), origin: 'http://localhost', maxAge: 600 }
  app.use(sessions(db, { ...options, clock: () => now }))
  app.get('/', (request, response) => {
    request.session.said ??= 'hello'
    response.send(request.session.said)
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const Cookie = (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? ''
    const use = async () => (await fetch(url, { headers: { Cookie } })).headers.get('set-cookie')
    written.length = 0
    now += 59_999
    await use()
    expect(written).toEqual([])
    now += 1
    await use()
    expect(written).toHaveLength(1)
    await use()
    expect(written).toHaveLength(1)
    // It ends when it was not used for its whole life, counted from the last time that was written.
    now += 599_999
    expect(await use()).toBeNull()
    now += 600_000
    expect(await use()).not.toBeNull()
  } finally {
    server.close()
    server.closeAllConnections()
    await db.destroy()
  }
})

/** A store whose first write waits until the test lets it continue. */
async function openSlowStore() {
  const db = new Kysely<{ sessions: SessionTable }>({
    dialect: new SqliteDialect({ database: new SqliteDatabase(':memory:') }),
  })
  await createSessionTable(db)
  let [write, reached] = [() => {}, () => {}]
  const mayWrite = new Promise<void>(resolve => {
    write = resolve
  })
  const writing = new Promise<void>(resolve => {
    reached = resolve
  })
  const slow = db.withPlugin({
    transformQuery: ({ node }) => {
      if (node.kind === 'InsertQueryNode') reached()
      return node
    },
    transformResult: async ({ result }) => {
      await mayWrite
      return result
    },
  })
  return { db: slow, writing, letWrite: () => write() }
}
