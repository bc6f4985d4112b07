import { GLOSSARY } from '../../src/glossary/terms'
import { ACCOUNTS, learner, startLab, type TestLab } from '../played-run'

let lab: TestLab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

test('the glossary has every term at its own address, with its section of the RFC', async () => {
  const { browser } = learner(lab)
  const page = await browser.get(`${lab.url}/glossary`)
  expect(page.status).toBe(200)
  for (const term of GLOSSARY.flatMap(group => group.terms)) {
    expect(page.body).toContain(`id="${term.id}"`)
    expect(page.body).toContain(`href="#${term.id}"`)
    expect(page.body).toContain(term.spec.href)
  }
  expect(page.body).toContain(`${ACCOUNTS}/account`)
})

test('a page explains a term at its first use only', async () => {
  const { browser } = learner(lab)
  const { body } = await browser.get(`${lab.url}/`)
  expect(body.match(/id="term-front-channel"/g)).toHaveLength(1)
  expect(body).toContain('<a href="/glossary#front-channel" aria-describedby="term-front-channel">front channel</a>')
})
