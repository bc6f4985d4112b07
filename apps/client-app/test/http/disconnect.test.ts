import { connect, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
beforeEach(async () => {
  tripmate = await startTripmate()
})
afterEach(() => tripmate.stop())

it('revokes both tokens at the authorization server and deletes them (RFC 7009 §2.1)', async () => {
  const { browser } = await connect(tripmate)
  const tokens = [...tripmate.accounts.accessTokens.keys(), ...tripmate.accounts.refreshTokens.keys()]
  const page = await submit(tripmate, browser, '/disconnect', {}, '_csrf')
  expect(textOf(page)).toContain('Your calendar is disconnected.')
  expect(tripmate.accounts.revoked.sort()).toEqual(tokens.sort())
  expect(await tripmate.context.db.selectFrom('connections').selectAll().execute()).toEqual([])
})

it('deletes the tokens even when the authorization server cannot be reached, and says how to make sure', async () => {
  const { browser } = await connect(tripmate)
  tripmate.accounts.instead = (_request, response) => void response.status(503).send()
  const page = await submit(tripmate, browser, '/disconnect', {}, '_csrf')
  expect(textOf(page)).toContain('could not reach Glasshouse Accounts to revoke them')
  expect(page.body).toContain(`href="${tripmate.accounts.url}/account"`)
  expect(await tripmate.context.db.selectFrom('connections').selectAll().execute()).toEqual([])
})

it('can connect again afterwards', async () => {
  const { browser } = await connect(tripmate)
  await submit(tripmate, browser, '/disconnect', {}, '_csrf')
  const { page } = await connect(tripmate, browser)
  expect(textOf(page)).toContain('Coming up')
})

it('says before and after that disconnecting does not withdraw consent, and links to the page that does', async () => {
  const { browser } = await connect(tripmate)
  const account = `href="${tripmate.accounts.url}/account"`
  const question = await browser.get(`${tripmate.url}/disconnect`)
  expect(textOf(question)).toContain('Glasshouse Accounts still remembers that you allowed access')
  expect(question.body).toContain(account)
  const page = await browser.follow(await browser.submit(question, {}, '_csrf'), tripmate.url)
  expect(textOf(page)).toContain('Tripmate’s tokens are revoked')
  expect(textOf(page)).toContain(
    'Glasshouse Accounts still remembers that you allowed access, so it will not ask you if you connect again.',
  )
  expect(page.body).toContain(`${account}>Withdraw Tripmate’s access</a>`)
})
