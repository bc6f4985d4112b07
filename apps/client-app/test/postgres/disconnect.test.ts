import { holdTable } from '@glasshouse/shared/testing/held-table'
import { runStatement } from '@glasshouse/shared/testing/test-store'
import { connect, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate

beforeAll(async () => {
  tripmate = await startTripmate({ DATABASE_STATEMENT_TIMEOUT: '1' })
})

afterAll(() => tripmate.stop())

test('tokens that cannot be read from the database, and so not revoked, are not deleted (RFC 7009 §1)', async () => {
  const { browser } = await connect(tripmate)
  const page = await browser.get(`${tripmate.url}/disconnect`)
  const databaseUrl = tripmate.context.config.databaseUrl ?? ''
  const release = await holdTable(databaseUrl, 'client_app.connections')
  let answered = false
  const answer = browser.submit(page).finally(() => {
    answered = true
  })
  // Wait for an answer, or for an attempt to delete the tokens, which would be waiting for the table.
  while (!answered && !(await isWaiting(databaseUrl, 'delete from "connections"%')));
  await release()
  expect((await answer).status).toBe(503)
  expect((await browser.follow(await browser.submit(page), tripmate.url)).body).toContain('is disconnected')
})

/** Whether a statement like this one is waiting for a lock. */
async function isWaiting(databaseUrl: string, statement: string): Promise<boolean> {
  const query = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '${statement}'`
  return (await runStatement(databaseUrl, query)).length > 0
}
