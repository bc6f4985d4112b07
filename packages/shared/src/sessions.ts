/**
 * Browser sessions, stored in the service's own database through express-session.
 * A service's schema includes `sessions: SessionTable`, its first migration calls `createSessionTable`.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import type { Kysely } from 'kysely'
import { type Clock, systemClock } from './clock'
import { compiledOnce } from './compiled-once'
import { storeUnavailable } from './store-unavailable'

export interface SessionTable {
  id: string
  /** JSON of the session's content. */
  content: string
  /** Milliseconds since the epoch. */
  expires_at: number
}

export interface SessionOptions {
  /** A name of its own for each service: cookies are shared between the ports of one host (RFC 6265 §8.5). */
  cookieName: string
  secret: string
  /** The service's own origin: over https the cookie is `Secure`. */
  origin: string
  /** How long an unused session lives, in seconds. */
  maxAge: number
  /** Further columns that the service's own table has: session values that a query must find. */
  columns?: (content: Partial<session.SessionData>) => Record<string, string | null>
  clock?: Clock
}

// biome-ignore lint/suspicious/noExplicitAny: a migration runs before there is a typed schema (Kysely's own advice)
export async function createSessionTable(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('content', 'text', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()
  await db.schema.createIndex('sessions_expires_at').on('sessions').column('expires_at').execute()
}

/**
 * The express-session middleware. `SameSite=Lax`: the browser must send the cookie after a redirect from another site.
 * No part of a response is sent before its session is stored. Requests that a browser sends at the same time do not undo
 * each other's changes, and a session that has ended is not brought back by a request that began before.
 */
export function sessions(db: Kysely<{ sessions: SessionTable }>, options: SessionOptions): RequestHandler {
  const middleware = session({
    name: options.cookieName,
    secret: options.secret,
    store: new DatabaseSessionStore(db, options),
    resave: false,
    saveUninitialized: false,
    rolling: false,
    // A proxy terminates TLS: `X-Forwarded-Proto` has the browser's protocol.
    proxy: options.origin.startsWith('https:'),
    cookie: {
      httpOnly: true,
      sameSite: 'lax',
      secure: options.origin.startsWith('https:'),
      maxAge: options.maxAge * 1000,
    },
  })
  return (request, response, next) => {
    const plainEnd = response.end
    middleware(request, response, error => {
      if (!error) storeBeforeEnd(request, response, plainEnd, next)
      next(error)
    })
  }
}

/** What the store has for a session object that was read from it or written to it. */
interface Stored {
  /** The row's content, in which another request may have changed something since. */
  content: string
  /** The values of this request, as it last wrote them. Undefined if it has only read them. */
  values?: string
}

const stored = new WeakMap<object, Stored>()

/** Sessions that were ended by another request while this one ran: the user signed out, or the id was renewed. */
const ended = new WeakSet<object>()

/**
 * express-session sends a response first and stores a changed session afterwards. A browser that follows a redirect
 * could then get a page from the old session, or a form whose session does not exist. So a changed session is stored
 * first; if that fails, the error replaces the response.
 */
function storeBeforeEnd(request: Request, response: Response, plainEnd: Response['end'], next: NextFunction): void {
  const before = valuesOf(request.session)
  const sessionEnd = response.end
  response.end = ((...args: Parameters<Response['end']>) => {
    const { session } = request
    if (!session || valuesOf(session) === (stored.get(session)?.values ?? before))
      return sessionEnd.apply(response, args)
    session.save(error => {
      // Without a session, express-session sends no cookie: this one would replace that of the new session.
      if (ended.has(session)) Object.assign(request, { session: undefined })
      if (!error) return sessionEnd.apply(response, args)
      response.end = plainEnd
      for (const name of ['Content-Length', 'ETag', 'Location']) if (!response.headersSent) response.removeHeader(name)
      next(error)
    })
    return response
  }) as Response['end']
}

/** Without the cookie, whose times change at each request. */
function valuesOf(session: session.SessionData): string {
  return JSON.stringify({ ...session, cookie: undefined })
}

/**
 * Applies what one request changed to what another one has stored meanwhile.
 * @param before the session's values as this request read them, as JSON
 * @param now the session with this request's changes
 * @param meanwhile the row's content, as JSON
 * @returns the content to store
 */
function merged(before: string, now: session.SessionData, meanwhile: string): session.SessionData {
  const [old, own, others] = [JSON.parse(before), JSON.parse(JSON.stringify(now)), JSON.parse(meanwhile)]
  for (const name of Object.keys({ ...old, ...own })) {
    if (JSON.stringify(own[name]) !== JSON.stringify(old[name])) others[name] = own[name]
  }
  return others
}

type Done<T = void> = (error: unknown, result?: T) => void

/**
 * How often the expiry of a session in use is written again, in milliseconds. Writing it for each request would cost more
 * than most requests; so an unused session can end this much earlier.
 */
const TOUCH_EVERY_MS = 60_000

const select = compiledOnce((db: Kysely<{ sessions: SessionTable }>, session: { id: string; now: number }) =>
  db
    .selectFrom('sessions')
    .select(['content', 'expires_at'])
    .where('id', '=', session.id)
    .where('expires_at', '>', session.now),
)

class DatabaseSessionStore extends session.Store {
  /** The expiry that is stored for a session, in milliseconds since the epoch. */
  private readonly storedExpiry = new WeakMap<object, number>()

  constructor(
    private readonly db: Kysely<{ sessions: SessionTable }>,
    private readonly options: SessionOptions,
  ) {
    super()
  }

  private get clock(): Clock {
    return this.options.clock ?? systemClock
  }

  private get expiry(): number {
    return this.clock() + this.options.maxAge * 1000
  }

  override get(id: string, done: Done<session.SessionData | null>): void {
    select(this.db, { id, now: this.clock() }).then(([row]) => done(null, row ? this.read(row) : null), done)
  }

  private read(row: Pick<SessionTable, 'content' | 'expires_at'>): session.SessionData {
    const content = JSON.parse(row.content)
    this.storedExpiry.set(content, row.expires_at)
    stored.set(content, { content: row.content })
    return content
  }

  override createSession(request: Request, content: session.SessionData) {
    const created = super.createSession(request, content)
    this.storedExpiry.set(created, this.storedExpiry.get(content) ?? 0)
    const read = stored.get(content)
    if (read) stored.set(created, read)
    return created
  }

  override set(id: string, content: session.SessionData, done: Done = () => {}): void {
    const before = stored.get(content)
    const written = before ? this.change(id, content, before) : this.insert(id, content)
    written.then(() => done(null), done)
  }

  private async insert(id: string, content: session.SessionData): Promise<void> {
    const row = this.rowOf(content)
    await this.db
      .insertInto('sessions')
      .values({ id, ...row })
      .execute()
    stored.set(content, { content: row.content, values: valuesOf(content) })
  }

  /** Replaces the row only if it is still as this request knows it. If not, it is read again and gets the same changes. */
  private async change(id: string, session: session.SessionData, { content, values = content }: Stored): Promise<void> {
    let known: string | undefined = content
    while (known !== undefined) {
      const row = this.rowOf(merged(values, session, known))
      const { numUpdatedRows } = await this.db
        .updateTable('sessions')
        .set(row)
        .where('id', '=', id)
        .where('content', '=', known)
        .executeTakeFirst()
      if (numUpdatedRows > 0n) return void stored.set(session, { content: row.content, values: valuesOf(session) })
      known = (await select(this.db, { id, now: this.clock() }))[0]?.content
    }
    ended.add(session)
  }

  private rowOf(content: session.SessionData) {
    return { content: JSON.stringify(content), expires_at: this.expiry, ...this.options.columns?.(content) }
  }

  override touch(id: string, content: session.SessionData, done: Done = () => {}): void {
    const isDue = this.expiry - (this.storedExpiry.get(content) ?? 0) >= TOUCH_EVERY_MS
    if (!isDue) return void done(null)
    this.db
      .updateTable('sessions')
      .set({ expires_at: this.expiry })
      .where('id', '=', id)
      .execute()
      .then(
        () => done(null),
        // The response is ready and works without this; the session only ends a little earlier.
        error => done(storeUnavailable(error) ? null : error),
      )
  }

  override destroy(id: string, done: Done = () => {}): void {
    this.db
      .deleteFrom('sessions')
      .where('id', '=', id)
      .execute()
      .then(() => done(null), done)
  }
}
