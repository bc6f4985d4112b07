import { ACCOUNTS, learner, startLab, type TestLab, TRIPMATE } from '../played-run'

let lab: TestLab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

test('the home page has three doors, the four parties and the demo users', async () => {
  const { body } = await learner(lab).browser.get(lab.url)
  for (const href of ['/tour', `${TRIPMATE}/`, '/runs', '/source/docs/the-seven-steps.md', '/glossary']) {
    expect(body).toContain(`href="${href}"`)
  }
  for (const party of ['You, with your browser', 'Tripmate', 'Accounts', 'Calendar']) {
    expect(body).toContain(`<strong class="who-name">${party}</strong>`)
  }
  for (const word of ['alice', 'wonderland', 'bob', 'builder']) expect(body).toContain(word)
  expect(body).not.toContain(ACCOUNTS.replace('localhost', '127.0.0.1'))
})

test('/watch leads to the runs of this browser', async () => {
  const response = await fetch(`${lab.url}/watch`, { redirect: 'manual' })
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe('/runs')
})
