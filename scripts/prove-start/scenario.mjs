/** Steps 1 to 6 over HTTP, for scripts that test a running Glasshouse from outside. */
import assert from 'node:assert/strict'

/** An event that no earlier run has added. */
export const EVENT = { summary: `Dinner at ${new Date().toISOString()}`, ...tomorrowEvening() }

/**
 * Uses only what the pages offer.
 * @param {any} browser a `TestBrowser` @param {string} tripmate its origin @param {string} accounts the authorization server's
 */
export async function walkTheScenario(browser, tripmate, accounts) {
  const home = await browser.get(tripmate)
  assert.equal(home.status, 200)
  const connect = /<a\b[^>]*href="([^"]+)"[^>]*>[^<]*Connect/.exec(home.body)?.[1]
  assert.ok(connect, 'no link named "Connect" on Tripmate’s page')
  const request = await browser.get(new URL(connect, tripmate))
  assert.equal(request.location.origin, accounts)
  const login = await browser.follow(await browser.get(request.location), accounts)
  assert.equal((await browser.post(login.url, { username: 'alice', password: 'wonderland' })).status, 403)
  const credentials = { username: 'alice', password: 'wonderland' }
  const consent = await browser.follow(await browser.submit(login, credentials, 'password'), accounts)
  assert.ok(consent.url.startsWith(`${accounts}/consent`), consent.url)
  const allowed = await browser.submit(consent, { decision: 'allow' }, 'decision')
  assert.equal(`${allowed.location.origin}${allowed.location.pathname}`, `${tripmate}/callback`)
  const connected = await browser.follow(await browser.get(allowed.location), tripmate)
  assert.equal(connected.status, 200)
  assert.ok(!connected.body.includes(EVENT.summary))
  const added = await browser.follow(await browser.submit(connected, EVENT, 'summary'), tripmate)
  assert.equal(added.status, 200)
  assert.ok((await browser.get(tripmate)).body.includes(EVENT.summary), 'the event is not listed')
}

function tomorrowEvening() {
  const day = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  return { start: `${day}T19:00`, end: `${day}T21:00` }
}
