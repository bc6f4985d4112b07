/** An open page must miss nothing: neither what arrives before it is connected, nor what arrives during a break. */
import { exchange, type Lab, newBrowser, startLab } from '../support'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

/** @returns the next event: its id, and its data */
async function nextEvent(path: string, browser: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const response = await fetch(lab.url + path, {
    headers: { Cookie: `glasshouse.run=${browser}`, ...headers },
    signal: stop.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  let event: RegExpExecArray | null = null
  while (!event) {
    text += (await reader?.read())?.value ?? ''
    event = /^id: (\d+)\ndata: (.*)\n\n/m.exec(text)
  }
  stop.abort()
  return { id: event[1] ?? '', data: JSON.parse(event[2] ?? '') as { parts: { id: string }[]; shown: number } }
}

const sent = (browser: string, target: string) => exchange({ browser, request: { target } })
const idsOf = ({ data }: Awaited<ReturnType<typeof nextEvent>>) => data.parts.map(({ id }) => id)

test('a message that arrives between the page and its connection is sent first', async () => {
  const browser = newBrowser()
  await lab.report(sent(browser, '/authorize'))
  const [run] = await lab.runs(browser)
  const { body } = await lab.get(`/runs/${run?.id}`, browser)
  const [, version] = /data-version="(\d+)"/.exec(body) ?? []
  const login = sent(browser, '/login')
  await lab.report(login)
  const event = await nextEvent(`/runs/${run?.id}/live?since=${version}`, browser)
  expect(idsOf(event)).toEqual([login.id])
  expect(event.data.shown).toBe(2)
})

test('after a break, the browser gets what arrived since the last event', async () => {
  const browser = newBrowser()
  await lab.report(sent(browser, '/authorize'))
  const [run] = await lab.runs(browser)
  const live = `/runs/${run?.id}/live?since=0`
  const { id } = await nextEvent(live, browser)
  const [login, consent] = [sent(browser, '/login'), sent(browser, '/consent')]
  await lab.report(login, consent)
  const event = await nextEvent(live, browser, { 'Last-Event-ID': id })
  expect(idsOf(event)).toEqual([login.id, consent.id])
})
