/**
 * What the Lab's server has to do for a run of 2,000 messages, as CPU time of this process, so that other programs on the
 * machine hardly count. `e2e/lab-long-run.spec.ts` measures what the browser has to do.
 */
import { costOf } from '@glasshouse/shared/testing/cost'
import { exchange, json, type Lab, newBrowser, startLab } from '../support'

const MESSAGES = 2_000

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

/** A page, and the call that it makes with a token: two messages. */
function pageAndCall(browser: string) {
  const page = exchange({ service: 'client-app', browser })
  const event = { id: 'evt', summary: 'Tea with the Hatter', start: { dateTime: '2027-03-10T09:20:00Z' } }
  const call = exchange({
    service: 'client-app',
    end: 'client',
    traceId: page.traceId,
    causedBy: page.id,
    origin: 'http://localhost:4002',
    request: { target: '/calendar/events', headers: [['authorization', `Bearer ${'x'.repeat(40)}${page.id}`]] },
    response: json({ items: Array.from({ length: 10 }, () => event) }),
  })
  return [page, call]
}

test('the page takes less than 400 ms, and a message that arrives at an open page less than 40 ms', async () => {
  const browser = newBrowser()
  for (let count = 0; count < MESSAGES; count += 50) {
    await lab.report(...Array.from({ length: 25 }, () => pageAndCall(browser)).flat())
  }
  const [run] = await lab.runs(browser)
  const path = `/runs/${run?.id}`
  expect(await costOf(() => lab.get(path, browser), 400)).toBeLessThan(400)

  const stop = new AbortController()
  const headers = { Cookie: `glasshouse.run=${browser}` }
  const live = await fetch(`${lab.url}${path}/live`, { headers, signal: stop.signal })
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader()
  const untilDrawn = async (id: string) => {
    for (let text = ''; !text.includes(`id=\\"m-${id}\\"`); ) text += (await reader?.read())?.value ?? ''
  }
  const draw = async () => {
    const [page, call] = pageAndCall(browser)
    await lab.context.recorder.take([page, call].flatMap(one => one ?? []))
    await untilDrawn(page?.id ?? '')
  }
  expect(await costOf(draw, 40)).toBeLessThan(40)
  stop.abort()
}, 60_000)
