import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import SqliteDatabase from 'better-sqlite3'
import express, { type NextFunction, type Request, type Response } from 'express'
import { Kysely, SqliteDialect } from 'kysely'
import { createSessionTable, type SessionTable, sessions } from '../../src/sessions'
import { BodyWatch, postSlowly } from '../../src/testing/slow-request'

declare module 'express-session' {
  interface SessionData {
    said: string
    asked: string
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

describe('two requests of one browser at the same time', () => {
  let ours: Awaited<ReturnType<typeof twoAtOnce>>
  beforeEach(async () => {
    ours = await twoAtOnce()
  })
  afterEach(() => ours.stop())

  it('both count: neither undoes what the other one changed', async () => {
    const { browser, slowly } = ours
    await browser('/say', 'first')
    const finish = await slowly('/ask', 'why')
    await browser('/say', 'second')
    await finish()
    expect(await browser('/')).toEqual({ said: 'second', asked: 'why' })
  })

  it('both count, although the slower one stores its session twice', async () => {
    const { browser, slowly } = ours
    await browser('/say', 'first')
    const finish = await slowly('/ask-twice', 'why')
    await browser('/say', 'second')
    await finish()
    expect(await browser('/')).toEqual({ said: 'second', asked: 'why, why' })
  })

  it('a value that one removes stays removed', async () => {
    const { browser, slowly } = ours
    await browser('/say', 'first')
    const finish = await slowly('/ask', 'why')
    await browser('/unsay')
    await finish()
    expect(await browser('/')).toEqual({ asked: 'why' })
  })

  it('a session that was renewed meanwhile is not brought back, and the browser keeps the new cookie', async () => {
    const { browser, slowly, cookies } = ours
    await browser('/say', 'first')
    const [old] = cookies
    const finish = await slowly('/ask', 'why')
    await browser('/renew')
    const answer = await finish()
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([200, undefined])
    expect(await browser('/')).toEqual({ said: 'renewed' })
    cookies[0] = old as string
    expect(await browser('/')).toEqual({})
  })
})

/** An app and a browser that can have a request under way, whose session has been read, while it sends another one. */
async function twoAtOnce() {
  const db = new Kysely<{ sessions: SessionTable }>({
    dialect: new SqliteDialect({ database: new SqliteDatabase(':memory:') }),
  })
  await createSessionTable(db)
  const app = express()
  app.use(sessions(db, { cookieName: 'test', secret: 'x'.repeat(32), origin: 'http://localhost', maxAge: 60 }))
  app.use(express.text()) // waits for the body
  const values = ({ session: { said, asked } }: Request) => ({ said, asked })
  app.get('/', (request, response) => void response.json(values(request)))
  app.post('/say', (request, response) => {
    request.session.said = request.body
    response.json(values(request))
  })
  app.post('/unsay', (request, response) => {
    delete request.session.said
    response.json(values(request))
  })
  app.post('/ask', (request, response) => {
    request.session.asked = request.body
    response.json(values(request))
  })
  app.post('/ask-twice', (request, response) => {
    request.session.asked = request.body
    request.session.save(() => {
      request.session.asked += `, ${request.body}`
      response.json(values(request))
    })
  })
  app.post('/renew', (request, response) => {
    request.session.regenerate(() => {
      request.session.said = 'renewed'
      response.json(values(request))
    })
  })
  const watches = [new BodyWatch('/ask'), new BodyWatch('/ask-twice')]
  const server = createServer(watches.reduce<RequestListener>((inner, { wrap }) => wrap(inner), app))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cookies: string[] = []
  return {
    cookies,
    async browser(path: string, body = '') {
      const response = await fetch(url + path, {
        method: path === '/' ? 'GET' : 'POST',
        headers: { Cookie: cookies[0] ?? '' },
        ...(path !== '/' && { body }),
      })
      const given = response.headers.get('set-cookie')?.split(';')[0]
      if (given) cookies[0] = given
      return response.json()
    },
    /** Sends a request whose session is read now, and whose end comes when the returned function is called. */
    async slowly(path: string, body: string) {
      const waiting = Promise.race(watches.map(watch => watch.next()))
      const finish = postSlowly(url + path, { Cookie: cookies[0] ?? '', 'Content-Type': 'text/plain' }, body)
      await waiting
      return finish
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await db.destroy()
    },
  }
}

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
