import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { lockSqliteFile } from '@glasshouse/shared/testing/locked-file'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { sql } from 'kysely'
import { authorizationUrl, refresh, startAuthServer, type TestAuthServer, tokens } from '../support'

let server: TestAuthServer
let refreshToken: string
let release: () => void

beforeEach(async () => {
  server = await startAuthServer()
  refreshToken = (await tokens(server)).refresh_token
})

afterEach(async () => {
  jest.restoreAllMocks()
  await server.stop()
})

/** How the file becomes unusable, and how it becomes usable again. */
const TROUBLES: Record<string, { reason: string; begin: () => unknown; end: () => unknown }> = {
  'another program has locked': {
    reason: 'database is locked',
    begin() {
      release = lockSqliteFile(join(server.context.config.dataDir, 'auth-server.sqlite'))
    },
    end: () => release(),
  },
  'cannot grow because the disk is full': {
    reason: 'database or disk is full',
    begin: fillTheFile,
    end: () => pragma('max_page_count = 1000000'),
  },
  'cannot be written': {
    reason: 'attempt to write a readonly database',
    begin: () => pragma('query_only = on'),
    end: () => pragma('query_only = off'),
  },
}

describe.each(Object.entries(TROUBLES))('with a SQLite file that %s', (_name, { reason, begin, end }) => {
  test('a client gets 503 with Retry-After, the log says why, and the same request works afterwards', async () => {
    const logged = jest.spyOn(server.context.log, 'warn')
    await begin()
    const answers = await Promise.all([1, 2, 3].map(() => refresh(server, refreshToken)))
    await end()
    for (const { status, headers, json } of answers) {
      expect([status, json.error, headers.get('Retry-After')]).toEqual([
        503,
        'temporarily_unavailable',
        expect.stringMatching(/^\d+$/),
      ])
    }
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ why: expect.stringContaining(reason) }), 'refused')
    expect((await refresh(server, refreshToken)).status).toBe(200)
  })

  test('a user gets a page with 503 that says what to do', async () => {
    await begin()
    const page = await new TestBrowser().get(authorizationUrl(server, { state: 'x'.repeat(5_000) })) // more than fits a page
    await end()
    expect([page.status, page.headers.get('Retry-After')]).toEqual([503, expect.stringMatching(/^\d+$/)])
    expect(page.body).toContain('Wait a few seconds')
  })
})

function pragma(text: string) {
  return sql.raw(`pragma ${text}`).execute(server.context.db)
}

/** Stops the file from growing, and adds rows until it is full. */
async function fillTheFile(): Promise<void> {
  await pragma('max_page_count = 1')
  const row = { family_id: randomUUID(), client_id: 'tripmate', issued_at: 0, expires_at: 0, replaced_at: null }
  const add = () =>
    server.context.db
      .insertInto('refresh_tokens')
      .values({ ...row, hash: randomUUID() + randomUUID() })
      .execute()
  for (let refused = 0; refused < 20; ) await add().catch(() => refused++)
}
