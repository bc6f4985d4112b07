import { STEPS } from '@glasshouse/shared/see-through/steps'
import type { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { STOPS } from '../../src/tour/stops'
import { CHALLENGE, connection, learner, signIn, startLab, type TestLab, VERIFIER } from '../played-run'

let lab: TestLab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

const open = (browser: TestBrowser, stop: string) => browser.get(`${lab.url}/tour/${stop}`)
const bet = (browser: TestBrowser, stop: string, answer: string) => browser.post(`${lab.url}/tour/${stop}`, { answer })

test('the tour lists its stops, and every stop opens', async () => {
  const { browser } = learner(lab)
  const { body } = await browser.get(`${lab.url}/tour`)
  for (const { id, question } of STOPS) {
    expect(body).toContain(`href="/tour/${id}"`)
    expect(body).toContain(question)
    const page = await open(browser, id)
    expect(page.status).toBe(200)
    expect(page.body.match(/<button type="submit" class="bet"/g)).toHaveLength(3)
  }
})

test('the tour names the seven steps that its questions speak of', async () => {
  const { body } = await learner(lab).browser.get(`${lab.url}/tour`)
  const list = /<ol class="tour-steps">([\s\S]*?)<\/ol>/.exec(body)?.[1] ?? ''
  expect([...list.matchAll(/<strong>([^<]*)/g)].map(([, name]) => name)).toEqual(STEPS.map(({ name }) => `${name}.`))
})

test('a stop whose message was sent before the learner came offers to look at it, or to do it again', async () => {
  const { browser, run } = learner(lab)
  await bet(browser, 'code', 'a')
  expect((await open(browser, 'code')).body).not.toContain('You have done this before')
  await lab.context.recorder.take(connection(run))
  const { body } = await open(browser, 'code')
  expect(body).toMatch(/You have done this before: <a href="#evidence">look at what was sent<\/a>\. Or do it again/)
})

test('a link of a task opens a tab of its own, also one into the Lab: the stop stays open', async () => {
  const { browser } = learner(lab)
  await bet(browser, 'refresh', 'a')
  const { body } = await open(browser, 'refresh')
  expect(body).toMatch(/href="\/runs" target="_blank" rel="noopener">the lights of your newest run/)
})

test('a stop that does not exist is not found', async () => {
  const { browser } = learner(lab)
  expect((await open(browser, 'nowhere')).status).toBe(404)
  expect((await bet(browser, 'nowhere', 'a')).status).toBe(404)
})

test.each(['a', 'b', 'c', 's'])('the bet “%s” is remembered, and shows the task', async letter => {
  const { browser } = learner(lab)
  const answered = await bet(browser, 'password', letter)
  expect(answered.status).toBe(303)
  const { body } = await browser.get(answered.location)
  expect(body).toContain('Find out')
  expect(body).toContain('Not seen yet')
  expect(body).not.toContain('class="bet"')
  // Another stop is as it was.
  expect((await open(browser, 'scope')).body).toContain('class="bet"')
})

test('a bet can be changed, and something else is no bet', async () => {
  const { browser } = learner(lab)
  await bet(browser, 'password', 'a')
  await bet(browser, 'password', '')
  expect((await open(browser, 'password')).body).toContain('class="bet"')
  for (const answer of ['d', 'constructor', 'ab']) {
    await bet(browser, 'password', answer)
    expect((await open(browser, 'password')).body).toContain('class="bet"')
  }
})

test('no message is looked for before the bet', async () => {
  const { browser, run } = learner(lab)
  await lab.context.recorder.take([signIn(run)])
  expect((await open(browser, 'password')).body).not.toContain('What was really sent')
  expect(await seen(browser, 'password')).toBe(false)
})

test('after the message was sent, the stop shows it, what matters in it, and why', async () => {
  const { browser, run } = learner(lab)
  await bet(browser, 'password', 'a')
  expect(await seen(browser, 'password')).toBe(false)
  await lab.context.recorder.take([signIn(run)])
  expect(await seen(browser, 'password')).toBe(true)
  const { body } = await open(browser, 'password')
  expect(body).toContain('What was really sent')
  expect(body).toMatch(/<mark>&amp;password=\(never-recorded\)<\/mark>/)
  expect(body).toMatch(/href="\/runs\/[\w-]+\/messages\/[0-9a-f]{16}"/)
  expect(body).toContain('Who could steal what?')
  expect(body).toContain('your bet')
})

test('a message of another browser proves nothing here', async () => {
  const { browser } = learner(lab)
  const other = learner(lab)
  await lab.context.recorder.take([signIn(other.run)])
  await bet(browser, 'password', 'b')
  expect(await seen(browser, 'password')).toBe(false)
})

test('PKCE: the spent verifier is shown whole, beside the hash recomputed from it', async () => {
  const { browser, run } = learner(lab)
  await lab.context.recorder.take(connection(run))
  await bet(browser, 'pkce', 'a')
  const { body } = await open(browser, 'pkce')
  expect(body).toContain(VERIFIER)
  expect(body).toContain(`<mark>&amp;code_challenge=${CHALLENGE}</mark>`)
  expect(body).toMatch(new RegExp(`in base64url</dt><dd><code>${CHALLENGE}</code>`))
  expect(body).toContain('equal')
})

test('tokens that still work are masked but for their last characters', async () => {
  const { browser, run } = learner(lab)
  await lab.context.recorder.take(connection(run))
  await bet(browser, 'back-channel', 'b')
  const { body } = await open(browser, 'back-channel')
  expect(body).toContain('<span class="sent-live">…AcCeSs</span>')
  expect(body).toContain('<span class="sent-live">…ReFrEs</span>')
})

test('the summary has nine answers and counts the bets, and the tour can be started over', async () => {
  const { browser } = learner(lab)
  const right = STOPS[0]?.answers.findIndex(answer => answer.right) ?? 0
  await bet(browser, 'password', 'abc'[right] ?? '')
  await bet(browser, 'scope', 's')
  const { body } = await browser.get(`${lab.url}/tour/summary`)
  expect(body).toContain('You bet once, and were right once')
  for (const { id } of STOPS) expect(body).toContain(`href="/tour/${id}"`)
  await browser.post(`${lab.url}/tour/restart`, {})
  expect((await browser.get(`${lab.url}/tour/summary`)).body).not.toContain('You bet')
})

async function seen(browser: TestBrowser, stop: string): Promise<boolean> {
  const { body } = await browser.get(`${lab.url}/tour/${stop}`, { accept: 'application/json' })
  return JSON.parse(body).seen
}
