import { startAuthServer, type TestAuthServer } from '../support'

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

const post = (path: string, bytes: number) =>
  fetch(server.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `x=${'a'.repeat(bytes - 2)}`,
  })

const LIMIT = 64 * 1024

test.each(['/token', '/revoke', '/introspect', '/authorize', '/login', '/consent', '/account/withdraw'])(
  '%s accepts a body of 64 kB, and refuses one more byte',
  async path => {
    expect((await post(path, LIMIT)).status).not.toBe(413)
    expect((await post(path, LIMIT + 1)).status).toBe(413)
  },
)

test('/register accepts a body of 64 kB, and refuses one more byte', async () => {
  const send = (bytes: number) => {
    const body = JSON.stringify({ redirect_uris: [], x: '' })
    return fetch(`${server.url}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: body.replace('"x":""', `"x":"${'a'.repeat(bytes - body.length)}"`),
    })
  }
  expect((await send(LIMIT)).status).toBe(400)
  expect((await send(LIMIT + 1)).status).toBe(413)
})
