import { createLog } from '@glasshouse/shared/log'
import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startTestServer, type TestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../../src/app'
import { readConfig } from '../../src/config'
import { openContext } from '../../src/open'

let lab: TestServer
let close: () => Promise<void>

async function start(env: Record<string, string> = {}): Promise<void> {
  lab = await startTestServer()
  const store = await createTestStore()
  const parties = {
    CLIENT_APP_URL: 'http://127.0.0.1:4000',
    AUTH_SERVER_URL: 'http://127.0.0.1:4001',
    CALENDAR_API_URL: 'http://127.0.0.1:4002',
  }
  const database = store.databaseUrl ? { DATABASE_URL: store.databaseUrl } : {}
  const config = readConfig({ ...parties, LAB_URL: lab.url, DATA_DIR: store.dataDir, ...database, ...env })
  const opened = await openContext(config, createLog('lab', 'silent'))
  lab.answerWith(createApp(opened.context))
  close = async () => {
    await lab.stop()
    await opened.close()
    await store.remove()
  }
}
afterEach(() => close())

test('turns slow motion on and off for this host, and returns to the page', async () => {
  await start()
  const browser = new TestBrowser()
  const on = await browser.post(`${lab.url}/slow`, { value: 'on', back: '/runs?a=b' })
  expect([on.status, on.location.href]).toEqual([303, `${lab.url}/runs?a=b`])
  expect(on.headers.get('set-cookie')).toBe('glasshouse.slow=on; Path=/; Max-Age=14400; HttpOnly; SameSite=Lax')
  const off = await browser.post(`${lab.url}/slow`, { value: 'off', back: '/runs' })
  expect(off.headers.get('set-cookie')).toMatch(/^glasshouse\.slow=; Path=\/; Max-Age=0;/)
})

test.each(['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)', ''])(
  'leads to no other site: %s',
  async back => {
    await start()
    const answer = await new TestBrowser().post(`${lab.url}/slow`, { value: 'on', back })
    expect(answer.location.origin).toBe(lab.url)
  },
)

test('is out of reach of other sites', async () => {
  await start()
  const answer = await new TestBrowser().post(`${lab.url}/slow`, { value: 'on' }, { 'Sec-Fetch-Site': 'cross-site' })
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
})

test('is not there where the parties share no host, because they would not see its cookie', async () => {
  await start({ AUTH_SERVER_URL: 'http://accounts.internal:4001' })
  expect((await new TestBrowser().post(`${lab.url}/slow`, { value: 'on' })).status).toBe(404)
})
