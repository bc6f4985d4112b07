import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
afterEach(() => tripmate.stop())

const LAB = 'http://lab.example:4003'
const SAYS = 'Tripmate exists to show how OAuth works.'

test('the start page says what this site is for, and where to learn more', async () => {
  tripmate = await startTripmate({ LAB_URL: LAB })
  const browser = new TestBrowser()
  const { body } = await browser.get(tripmate.url)
  expect(body).toContain(SAYS)
  expect(body).toContain(`href="${LAB}/"`)
  const { page } = await connect(tripmate, browser)
  expect(page.body).not.toContain(SAYS)
})

test('without the Lab there is no link to it', async () => {
  tripmate = await startTripmate({ LAB_URL: 'off' })
  expect((await new TestBrowser().get(tripmate.url)).body).not.toContain(SAYS)
})
