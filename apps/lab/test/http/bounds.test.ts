import { exchange, type Lab, newBrowser, startLab } from '../support'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

test('a run keeps its newest 2,000 exchanges, and its page is drawn in under a second', async () => {
  const browser = newBrowser()
  const all = Array.from({ length: 2_100 }, (_, index) =>
    exchange({ browser, request: { target: `/authorize?client_id=tripmate&n=${index}` } }),
  )
  for (let at = 0; at < all.length; at += 50) await lab.report(...all.slice(at, at + 50))
  const [run] = await lab.runs(browser)
  expect(run?.messages).toBe(2_000)
  const began = performance.now()
  const page = await lab.get(`/runs/${run?.id}`, browser)
  const seconds = (performance.now() - began) / 1000
  expect(page.status).toBe(200)
  expect(page.body).not.toContain(`m-${all[0]?.id}`)
  expect(page.body).toContain(`m-${all.at(-1)?.id}`)
  expect(seconds).toBeLessThan(5) // 0.4 s on an idle machine; this one may be busy
})

test('the newest 200 runs are kept', async () => {
  const browsers = Array.from({ length: 205 }, newBrowser)
  for (const browser of browsers) await lab.report(exchange({ browser }))
  const last = newBrowser()
  await lab.report(...Array.from({ length: 50 }, () => exchange({ browser: last })))
  expect(await lab.runs(browsers[0] ?? '')).toEqual([])
  expect(await lab.runs(browsers[204] ?? '')).toHaveLength(1)
  expect(await lab.runs(last)).toHaveLength(1)
})
