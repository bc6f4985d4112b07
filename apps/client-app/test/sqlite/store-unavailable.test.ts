import { join } from 'node:path'
import { lockSqliteFile } from '@glasshouse/shared/testing/locked-file'
import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate

beforeAll(async () => {
  tripmate = await startTripmate()
})

afterAll(() => tripmate.stop())

test('a form gets a 503 page while another program locks the file, and works afterwards', async () => {
  const browser = new TestBrowser()
  const page = await browser.get(`${tripmate.url}/trips`)
  expect(readForms(page).length).toBeGreaterThan(0)
  const release = lockSqliteFile(join(tripmate.context.config.dataDir, 'client-app.sqlite'))
  const fields = { name: 'Wonderland', startsOn: '2027-04-01' }
  const refused = await browser.submit(page, fields, 'name')
  release()
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, expect.stringMatching(/^\d+$/)])
  expect(refused.body).toContain('Wait a few seconds')
  expect((await browser.submit(page, fields, 'name')).status).toBe(303)
})
