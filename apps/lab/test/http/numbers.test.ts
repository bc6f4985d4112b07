/** A message's number is how learners talk about it, so it must not change. */
import { exchange, type Lab, newBrowser, startLab } from '../support'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

/** @returns the number of each message that has one, by its path, as a page shows it */
async function numbersOn(path: string, browser: string): Promise<Record<string, string>> {
  const { body } = await lab.get(path, browser)
  const arrows = body.matchAll(/Message <\/span>([^<]+)<\/span>.*?class="arrow-path">([^<]*)</g)
  return Object.fromEntries([...arrows].map(([, number = '', target = '']) => [target, number]))
}

async function runOf(browser: string): Promise<string> {
  const [run] = await lab.runs(browser)
  return `/runs/${run?.id}`
}

test('a message that arrives late gets the next number, and the others keep theirs, also after a restart', async () => {
  const browser = newBrowser()
  const [authorize, login, consent] = ['/authorize', '/login', '/consent'].map(target =>
    exchange({ browser, request: { target } }),
  )
  if (!authorize || !login || !consent) throw new Error('three messages')
  await lab.report(authorize, consent)
  const path = await runOf(browser)
  expect(await numbersOn(path, browser)).toEqual({ '/authorize': '1', '/consent': '2' })
  await lab.report(login)
  const numbers = { '/authorize': '1', '/login': '3', '/consent': '2' }
  expect(await numbersOn(path, browser)).toEqual(numbers)
  expect(Object.keys(await numbersOn(path, browser))).toEqual(['/authorize', '/login', '/consent'])
  await lab.restart()
  expect(await numbersOn(path, browser)).toEqual(numbers)
})

test('messages that are folded away have no number, so that a page with them shows the same ones', async () => {
  const browser = newBrowser()
  const assets = exchange({ browser, request: { target: '/assets/a.css' } })
  await lab.report(
    exchange({ browser, request: { target: '/authorize' } }),
    assets,
    exchange({ browser, request: { target: '/consent' } }),
  )
  const path = await runOf(browser)
  const numbers = await numbersOn(path, browser)
  expect(numbers).toEqual({ '/authorize': '1', '/consent': '2' })
  expect(await numbersOn(`${path}?all`, browser)).toEqual({ ...numbers, '/assets/a.css': '·' })
  const { body } = await lab.get(`${path}/messages/${assets.id}`, browser)
  expect(body).toMatch(/<h2 id="panel-title" tabindex="-1">A page<\/h2>/)
})

test('a page that turns out to have caused a message of the protocol gets a number then', async () => {
  const browser = newBrowser()
  const page = exchange({ service: 'client-app', browser, request: { target: '/trips' } })
  await lab.report(page, exchange({ browser, request: { target: '/authorize' } }))
  const path = await runOf(browser)
  expect(await numbersOn(path, browser)).toEqual({ '/authorize': '1' })
  const call = { service: 'client-app', end: 'client', origin: 'http://localhost:4002' } as const
  const traced = { traceId: page.traceId, causedBy: page.id, request: { target: '/calendar/events' } }
  await lab.report(exchange({ ...call, ...traced }))
  expect(await numbersOn(path, browser)).toEqual({ '/trips': '2', '/calendar/events': '3', '/authorize': '1' })
})

test('pages that are opened at the same time give the same numbers', async () => {
  const browser = newBrowser()
  await lab.report(...Array.from({ length: 20 }, (_, n) => exchange({ browser, request: { target: `/login/${n}` } })))
  const path = await runOf(browser)
  const pages = await Promise.all([1, 2, 3, 4].map(() => numbersOn(path, browser)))
  expect(pages[0]?.['/login/19']).toBe('20')
  for (const page of pages) expect(page).toEqual(pages[0])
})
