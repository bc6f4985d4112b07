import { holdTable } from '@glasshouse/shared/testing/held-table'
import { runStatement } from '@glasshouse/shared/testing/test-store'
import type { Request, Response } from 'express'
import { connect, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
let release: (() => Promise<void>) | undefined

beforeAll(async () => {
  tripmate = await startTripmate({ DATABASE_STATEMENT_TIMEOUT: '1' })
})

afterAll(() => tripmate.stop())

test('refreshed tokens are stored even if the database was unavailable when they arrived (RFC 6749 §6)', async () => {
  const { browser } = await connect(tripmate)
  tripmate.advance(4_000)
  tripmate.accounts.instead = holdBeforeTheAnswer
  let answered = false
  const page = browser.get(tripmate.url).finally(() => {
    answered = true
  })
  // The first attempt to store them has timed out, and another one has begun.
  const attempts = new Set<unknown>()
  while (attempts.size < 2 && !answered) for (const began of await waitingUpdates()) attempts.add(began)
  await release?.()
  expect((await page).status).toBe(200)
  tripmate.advance(4_000)
  expect((await browser.get(tripmate.url)).body).toContain('Disconnect')
  const used = tripmate.accounts.tokenRequests.filter(request => request.grant_type === 'refresh_token')
  expect(new Set(used.map(request => request.refresh_token)).size).toBe(2)
})

/** A proxy that makes Tripmate's table unavailable just before it passes on a token response. */
async function holdBeforeTheAnswer(request: Request, response: Response): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  tripmate.accounts.instead = undefined
  const headers = { 'Content-Type': String(request.headers['content-type']) }
  const init = request.method === 'POST' ? { method: 'POST', headers, body: Buffer.concat(chunks) } : {}
  const answer = await fetch(tripmate.accounts.url + request.url, init)
  if (request.path === '/token') {
    release = await holdTable(tripmate.context.config.databaseUrl ?? '', 'client_app.connections')
  } else tripmate.accounts.instead = holdBeforeTheAnswer
  response
    .status(answer.status)
    .type('json')
    .send(await answer.text())
}

/** The start time of each statement that is waiting to change the table. */
async function waitingUpdates(): Promise<unknown[]> {
  const rows = await runStatement(
    tripmate.context.config.databaseUrl ?? '',
    `select query_start::text from pg_stat_activity where wait_event_type = 'Lock' and query like 'update "connections"%'`,
  )
  return rows.map(({ query_start }) => query_start)
}
