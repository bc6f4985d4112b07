/** Where the parties have hosts of their own, a browser has another cookie at each. What it does is one run all the same. */
import { RUN_COOKIE, readRunCookie } from '@glasshouse/shared/lab/run-cookie'
import { startLab, type TestLab } from '../start-lab'
import { exchange, newBrowser } from '../support'

const TRIPMATE = 'http://127.0.0.1:4000'
const ACCOUNTS = 'http://localhost:4001'

let lab: TestLab
beforeAll(async () => {
  lab = await startLab({
    env: { LAB_URL: 'http://[::1]:4003', CLIENT_APP_URL: TRIPMATE, AUTH_SERVER_URL: ACCOUNTS },
  })
})
afterAll(() => lab.stop())

interface Cookies {
  tripmate: string
  accounts: string
}

/** Steps 1 to 3, as the two services report them. @param arriving the browser that comes back with the code */
function flow({ tripmate, accounts }: Cookies, arriving = tripmate) {
  const state = newBrowser()
  const code = newBrowser()
  const request = `/authorize?response_type=code&client_id=tripmate&state=${state}`
  const callback = `/callback?code=${code}&state=${state}`
  const to = (location: string) => ({ status: 303, headers: [['location', location]] as [string, string][] })
  const connect = exchange({
    service: 'client-app',
    browser: tripmate,
    request: { target: '/connect' },
    response: to(ACCOUNTS + request),
  })
  const authorize = exchange({ browser: accounts, request: { target: request }, response: to('/consent') })
  const consent = exchange({
    browser: accounts,
    request: { method: 'POST', target: '/consent' },
    response: to(TRIPMATE + callback),
  })
  const arrival = exchange({
    service: 'client-app',
    browser: arriving,
    request: { target: callback },
    response: to('/'),
  })
  return [connect, authorize, consent, arrival] as const
}

const newCookies = (): Cookies => ({ tripmate: newBrowser(), accounts: newBrowser() })

async function runsOf(browser: string): Promise<{ id: string; messages: number }[]> {
  const headers = { Host: '[::1]:4003', Accept: 'application/json', Cookie: `${RUN_COOKIE}=${browser}` }
  return JSON.parse(await (await send('/runs', headers)).text())
}

/** `fetch` does not send another Host. */
async function send(path: string, headers: Record<string, string>): Promise<Response> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const sent = request(lab.url + path, { headers }, async answer => {
      const pieces: Buffer[] = []
      for await (const piece of answer) pieces.push(piece)
      const more = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)])
      const status = answer.statusCode ?? 0
      resolve(new Response(status === 303 ? null : Buffer.concat(pieces), { status, headers: more }))
    })
    sent.on('error', reject).end()
  })
}

test.each([
  ['first by Tripmate', [0, 1, 2, 3]],
  ['first by Accounts', [2, 1, 3, 0]],
  ['last by Accounts', [0, 3, 1, 2]],
])('a code ties the two cookies together, whichever service reports %s', async (_name, order) => {
  const cookies = newCookies()
  const all = flow(cookies)
  for (const index of order) await lab.context.recorder.take([all[index as 0]])
  const [run, ...others] = await runsOf(cookies.tripmate)
  expect(others).toEqual([])
  expect(run?.messages).toBe(4)
  expect(await runsOf(cookies.accounts)).toEqual([run])
  const page = await send(`/runs/${run?.id}`, { Host: '[::1]:4003', Cookie: `${RUN_COOKIE}=${cookies.tripmate}` })
  const numbers = [...(await page.text()).matchAll(/Message <\/span>(\d+)/g)].map(([, number]) => Number(number))
  expect(numbers).toEqual([1, 2, 3, 4])
})

test('what Accounts reports later is in the same run, also after a restart', async () => {
  const cookies = newCookies()
  await lab.context.recorder.take([...flow(cookies)])
  await lab.context.recorder.take([exchange({ browser: cookies.accounts, request: { target: '/account' } })])
  await lab.restart()
  await lab.context.recorder.take([exchange({ browser: cookies.accounts, request: { target: '/account' } })])
  const runs = await runsOf(cookies.tripmate)
  expect(runs.map(({ messages }) => messages)).toEqual([6])
})

test('state ties nobody together: whom an attacker sends through a request stays a stranger', async () => {
  const attacker = newBrowser()
  const victim = newCookies()
  // The victim follows the attacker's link to Accounts, and arrives at Tripmate with a cookie of their own.
  const [connect, authorize, consent, arrival] = flow(
    { tripmate: attacker, accounts: victim.accounts },
    victim.tripmate,
  )
  await lab.context.recorder.take([connect, authorize, consent, arrival])
  expect((await runsOf(attacker)).map(({ messages }) => messages)).toEqual([1])
  expect((await runsOf(victim.tripmate)).map(({ messages }) => messages)).toEqual([3])
})

test('nor does a denial, whose address the attacker can make up', async () => {
  const attacker = newBrowser()
  const victim = newCookies()
  const address = `/callback?error=access_denied&state=${newBrowser()}`
  const denial = exchange({
    browser: victim.accounts,
    request: { method: 'POST', target: '/consent' },
    response: { status: 303, headers: [['location', TRIPMATE + address]] },
  })
  const arrival = exchange({ service: 'client-app', browser: attacker, request: { target: address } })
  await lab.context.recorder.take([denial, arrival])
  expect((await runsOf(attacker)).map(({ messages }) => messages)).toEqual([1])
})

test('a link to a new exchange introduces the browser to a Lab with a host of its own; an old one does not', async () => {
  const cookies = newCookies()
  const [connect] = flow(cookies)
  const now = { ...connect, startedAt: Date.now() }
  const old = { ...flow(newCookies())[0], startedAt: Date.now() - 11 * 60_000 }
  await lab.context.recorder.take([now, old])
  const link = (id: string) => send(`/runs/newest?exchange=${id}`, { Host: '[::1]:4003', Accept: 'text/html' })
  const introduced = await link(now.id)
  const cookie = readRunCookie(introduced.headers.get('set-cookie')?.split(';', 1)[0])
  expect(await runsOf(cookie ?? '')).toEqual(await runsOf(cookies.tripmate))
  expect((await link(old.id)).headers.get('set-cookie')).toBeNull()
})
