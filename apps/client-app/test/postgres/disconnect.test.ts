import { holdTable } from '@glasshouse/shared/testing/held-table'
import { runStatement } from '@glasshouse/shared/testing/test-store'
import { connect, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate

beforeAll(async () => {
  tripmate = await startTripmate({ DATABASE_STATEMENT_TIMEOUT: '1' })
})

afterAll(() => tripmate.stop())

test('tokens that the database does not give out are not forgotten: they could not be revoked (RFC 7009 §1)', async () => {
  const { browser } = await connect(tripmate)
  const page = await browser.get(`${tripmate.url}/disconnect`)
  const databaseUrl = tripmate.context.config.databaseUrl ?? ''
  const release = await holdTable(databaseUrl, 'client_app.connections')
  let answered = false
  const answer = browser.submit(page).finally(() => {
    answered = true
  })
  // Until there is an answer, or an attempt to forget the tokens waits for the table.
  while (!answered && !(await isWaiting(databaseUrl, 'delete from "connections"%')));
  await release()
  expect((await answer).status).toBe(503)
  expect((await browser.follow(await browser.submit(page), tripmate.url)).body).toContain('is disconnected')
})

/** Whether a statement like this one waits for a lock. */
async function isWaiting(databaseUrl: string, statement: string): Promise<boolean> {
  const query = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '${statement}'`
  return (await runStatement(databaseUrl, query)).length > 0
}
