import { TestBrowser } from '../../src/testing/test-browser'
import { startTestServer, type TestServer } from '../../src/testing/test-server'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.stop())

/** Every path but `/there` redirects there, with this status. */
function leadOn(status: number): void {
  server.answerWith((request, response) => {
    if (request.url === '/there') response.end('arrived')
    else response.writeHead(status, { Location: '/there' }).end()
  })
}

async function sendForm() {
  const browser = new TestBrowser()
  return browser.follow(await browser.post(`${server.url}/here`, { password: 'wonderland' }), server.url)
}

it.each([302, 303])('follows a %i with GET', async status => {
  leadOn(status)
  expect((await sendForm()).body).toBe('arrived')
})

it.each([301, 307, 308])(
  'does not follow a %i, which may make a browser send the form again (RFC 9700 §4.12)',
  async status => {
    leadOn(status)
    await expect(sendForm()).rejects.toThrow(`answered with ${status}`)
  },
)
