import { join } from 'node:path'
import { lockSqliteFile } from '@glasshouse/shared/testing/locked-file'
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi

beforeAll(async () => {
  api = await startCalendarApi()
})

afterAll(() => api.stop())

test('while another program has locked the file, a change gets 503 as problem+json, and then works', async () => {
  const call = callerOf(api, api.token(newOwner()))
  const release = lockSqliteFile(join(api.context.config.dataDir, 'calendar-api.sqlite'))
  const refused = await call('POST', '', { body: draft() })
  expect((await call('GET')).status).toBe(200) // reading goes on
  release()
  expect([refused.status, refused.headers.get('Content-Type')]).toEqual([
    503,
    expect.stringMatching(/^application\/problem\+json/),
  ])
  expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/)
  expect((await call('POST', '', { body: draft() })).status).toBe(201)
  expect((await call('GET')).json.items).toHaveLength(1)
})
