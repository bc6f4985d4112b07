import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { PRODUCTION, startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer(PRODUCTION)
})
afterAll(() => server.stop())

test('the demo users do not exist in production', async () => {
  const { db } = server.context
  expect(await db.selectFrom('users').selectAll().execute()).toEqual([])
  for (const [username, password] of [
    ['alice', 'wonderland'],
    ['bob', 'builder'],
  ] as const) {
    const browser = new TestBrowser()
    const page = await browser.get(`${server.url}/login`)
    expect((await browser.submit(page, { username, password })).status).toBe(401)
  }
})

test('the demo’s apps do not exist in production either, only the calendar API', async () => {
  const clients = await server.context.db.selectFrom('clients').select('id').execute()
  expect(clients).toEqual([{ id: 'calendar-api' }])
})

test.each(['/', '/login', '/nowhere'])('%s shows no demo password and no strip in production', async path => {
  const { body } = await new TestBrowser().get(server.url + path)
  expect(body).not.toMatch(/wonderland|builder|see-through|class="strip"/i)
})
