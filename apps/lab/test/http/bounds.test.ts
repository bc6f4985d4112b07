import { hashBrowser } from '../../src/capture/run-finder'
import { exchange, type Lab, newBrowser, startLab } from '../support'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({ runs: 5, exchanges: 20, background: 3, tidyEvery: 1 })
})
afterAll(() => lab.stop())

test('a run keeps its newest exchanges', async () => {
  const browser = newBrowser()
  const all = Array.from({ length: 23 }, (_, index) =>
    exchange({ browser, request: { target: `/authorize?client_id=tripmate&state=one&n=${index}` } }),
  )
  await lab.report(...all.slice(0, 20))
  const [before] = await lab.runs(browser)
  expect((await lab.get(`/runs/${before?.id}`, browser)).body).toContain(`m-${all[2]?.id}`)
  await lab.report(...all.slice(20))
  const [run] = await lab.runs(browser)
  expect(run?.messages).toBe(20)
  const page = await lab.get(`/runs/${run?.id}`, browser)
  expect(page.body).not.toContain(`m-${all[2]?.id}`)
  expect(page.body).toContain(`m-${all[3]?.id}`)
})

test('the newest runs are kept', async () => {
  const browsers = Array.from({ length: 8 }, newBrowser)
  for (const browser of browsers) await lab.report(exchange({ browser }))
  const kept = await Promise.all(browsers.map(async browser => (await lab.runs(browser)).length))
  expect(kept).toEqual([0, 0, 0, 1, 1, 1, 1, 1])
})

test('a body that was cut says so', async () => {
  const browser = newBrowser()
  const body = '{"items":[]}'
  await lab.report(
    exchange({
      browser,
      response: { headers: [['content-type', 'application/json']], body, bodyBytes: 99_999, cut: true },
    }),
  )
  const [run] = await lab.runs(browser)
  expect((await lab.har(run?.id ?? '', browser)).log.entries[0].response.content).toMatchObject({
    size: 99_999,
    comment: 'cut after 64 kB',
  })
})

test('a tie between two cookies goes with the runs that it is for', async () => {
  const { browsers, db, recorder } = lab.context
  const [browser, other] = [newBrowser(), newBrowser()]
  await recorder.take([exchange({ browser })])
  await browsers.join(hashBrowser(other), hashBrowser(browser))
  await browsers.join(hashBrowser(newBrowser()), hashBrowser(newBrowser()))
  await recorder.take([exchange({ browser })])
  const ties = await db.selectFrom('browser_aliases').selectAll().execute()
  expect(ties).toEqual([{ browser: hashBrowser(other), same_as: hashBrowser(browser) }])
})
