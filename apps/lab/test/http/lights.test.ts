import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import {
  type Connected,
  connectedRun,
  createToken,
  hex,
  runCookie,
  startLab,
  type TestLab,
  tokenExchange,
  visit,
} from '../connected-run'

let lab: TestLab
let learner: Connected
beforeAll(async () => {
  lab = await startLab()
})
beforeEach(async () => {
  lab.reset()
  learner = await connectedRun(lab)
  lab.received.length = 0
})
afterAll(() => lab.stop())

function open(query = '', browser = learner.browser) {
  return browser.get(`${lab.url}/runs/${learner.runId}/lights${query}`)
}

/** `tripmate on, accounts off, …` */
function states(body: string): Record<string, string> {
  return Object.fromEntries(
    [...body.matchAll(/data-light="(\w+)" data-state="(\w+)"/g)].map(([, name, state]) => [name, state]),
  )
}

function formOf(body: string, label: string) {
  const forms = readForms({ body, url: lab.url })
  const index = body.split('<form').findIndex(part => part.includes(`>${label}</button>`))
  return forms[index - 1]
}

const ALL_ON = { tripmate: 'on', accounts: 'on', consent: 'on', refresh: 'on', access: 'on' }

test('each light is what the service says', async () => {
  expect(states((await open()).body)).toEqual(ALL_ON)
  lab.lights.tripmate = { session: false, connected: false }
  lab.lights.accounts = { signedInAs: null, isGrantor: false, consent: false, refreshToken: true }
  lab.lights.calendar = { accessToken: 'expired' }
  const { body } = await open()
  expect(states(body)).toEqual({ tripmate: 'off', accounts: 'off', consent: 'off', refresh: 'on', access: 'off' })
  expect(body).toContain('its time is over')
})

test('the light of a service that does not answer is not known', async () => {
  lab.lights.accounts = undefined
  lab.lights.calendar = undefined
  expect(states((await open()).body)).toEqual({
    ...ALL_ON,
    accounts: 'unknown',
    consent: 'unknown',
    refresh: 'unknown',
    access: 'unknown',
  })
})

test('a service is asked with its own cookie and no other, and about tokens by their ids only', async () => {
  await open()
  const asked = Object.fromEntries(
    lab.received.map(({ service, headers, query }) => [service, [headers.cookie, query]]),
  )
  const { jti, exp } = JSON.parse(Buffer.from(learner.accessToken.split('.')[1] ?? '', 'base64url').toString())
  expect(asked).toEqual({
    tripmate: ['tripmate.sid=session-of-tripmate', {}],
    accounts: ['glasshouse-accounts.sid=session-of-accounts', { grant: jti.split('.')[0] }],
    calendar: [undefined, { jti, exp: String(exp) }],
  })
})

test('another browser gets 404, and no service is asked', async () => {
  const other = await connectedRun(lab)
  lab.received.length = 0
  expect((await open('', other.browser)).status).toBe(404)
  expect((await open('', new TestBrowser())).status).toBe(404)
  expect(lab.received).toEqual([])
})

test('forms may go to the three services, and say where they come from, on this page alone', async () => {
  const { headers } = await open()
  const { tripmate, accounts, calendar } = lab.services
  expect(headers.get('content-security-policy')).toContain(`form-action 'self' ${tripmate} ${accounts} ${calendar};`)
  expect(headers.get('referrer-policy')).toBe('strict-origin')
  const elsewhere = (await learner.browser.get(`${lab.url}/`)).headers
  expect(elsewhere.get('content-security-policy')).toContain("form-action 'self';")
  expect(elsewhere.get('referrer-policy')).toBe('no-referrer')
})

test('each button is a form of its own, to the service that acts, with the way back', async () => {
  const { body } = await open()
  const action = (label: string) => formOf(body, label)?.action
  expect(action('Sign out at Tripmate')).toBe(`${lab.services.tripmate}/demo/sign-out`)
  expect(action('Sign out at Accounts')).toBe(`${lab.services.accounts}/demo/sign-out`)
  expect(action('Withdraw at Accounts')).toBe(`${lab.services.accounts}/demo/withdraw`)
  expect(action('Refresh now')).toBe(`${lab.services.tripmate}/demo/refresh`)
  expect(action('Disconnect at Tripmate')).toBe(`${lab.services.tripmate}/demo/disconnect`)
  expect(action('Revoke this one token')).toBe(`${lab.services.tripmate}/demo/revoke`)
  expect(action('Let Tripmate use it')).toBe(`${lab.services.tripmate}/demo/call`)
  expect(action('Let it expire')).toBe(`${lab.url}/runs/${learner.runId}/lights/expire`)
  expect(formOf(body, 'Refresh now')?.fields.back).toBe(
    `/runs/${learner.runId}/lights?lever=refresh&was=11111&ends=${learner.refreshToken.slice(-6)}.${learner.accessToken.slice(-6)}#lights`,
  )
})

test('no token that still opens something is on the page, but its end is', async () => {
  const { body } = await open()
  expect(body).not.toContain(learner.refreshToken)
  expect(body).not.toContain(learner.accessToken.split('.')[2])
  expect(body).toContain(`…${learner.refreshToken.slice(-6)}`)
  expect(body).toContain(`…${learner.accessToken.slice(-6)}`)
})

test('what cannot be done now says why', async () => {
  const button = (body: string, label: string) =>
    new RegExp(`<button[^>]*>${label}</button>[\\s\\S]*?</form>`).exec(body)?.[0]
  expect(button((await open()).body, 'Use the old refresh token again')).toMatch(/disabled.*refresh first/s)
  lab.lights.accounts = { signedInAs: 'Bob Builder', isGrantor: false, consent: true, refreshToken: true }
  lab.lights.tripmate = { session: true, connected: false }
  const { body } = await open()
  expect(button(body, 'Withdraw at Accounts')).toMatch(/disabled.*Only the person who gave the consent/s)
  expect(button(body, 'Refresh now')).toMatch(/disabled.*keeps no tokens/s)
  expect(button(body, 'Sign out at Tripmate')).not.toContain('disabled')
})

/** Tripmate refreshes. @returns the id of the exchange of the button */
async function refreshed(): Promise<string> {
  const page = visit(runCookie(learner.browser, lab), hex(16), '/demo/refresh', 'POST')
  const [, claims = ''] = learner.accessToken.split('.')
  const [grant] = JSON.parse(Buffer.from(claims, 'base64url').toString()).jti.split('.')
  const next = { accessToken: createToken(lab, { jti: `${grant}.second` }), refreshToken: `${hex(16)}-second` }
  await lab.report(tokenExchange(page, next, learner.refreshToken), page)
  return page.id
}

test('after a button: what went out, what is still on, and the messages that did it', async () => {
  lab.lights.calendar = { accessToken: 'ended' }
  const pressed = await refreshed()
  const { body } = await open(`?lever=refresh&was=11101&pressed=${pressed}`)
  const result = /<div class="lights-result[\s\S]*?<\/div>\s*<\/div>/
    .exec(body)?.[0]
    .replace(/<[^>]+>|\s+/g, ' ')
    .replace(/ +/g, ' ')
  expect(result).toMatch('You pressed “Refresh now”')
  expect(result).toMatch('Now off the access token')
  expect(result).toMatch('Now on the refresh token')
  expect(result).toMatch('Still on your session at Tripmate, your session at Accounts, and the consent')
  expect(result).toMatch(/You → Tripmate POST \/demo\/refresh 303/)
  expect(result).toMatch(/Tripmate → Accounts POST \/token 200/)
  expect(body).toContain(`/runs/${learner.runId}/messages/${pressed}`)
  expect(result).not.toContain('/callback')
})

test('the report of a button may arrive after the browser is back', async () => {
  const page = visit(runCookie(learner.browser, lab), hex(16), '/demo/sign-out', 'POST')
  const opened = open(`?lever=sign-out-tripmate&was=11111&pressed=${page.id}`)
  await lab.report(page)
  expect((await opened).body).toContain('POST /demo/sign-out')
})

test('after a refresh, the button for the old refresh token carries it, because it is spent', async () => {
  await refreshed()
  const form = formOf((await open()).body, 'Use the old refresh token again')
  expect(form?.action).toBe(`${lab.services.tripmate}/demo/replay`)
  expect(form?.fields.refresh_token).toBe(learner.refreshToken)
})

test('tokens that took the place of earlier ones are named by their ends', async () => {
  const ends = `${learner.refreshToken.slice(-6)}.${learner.accessToken.slice(-6)}`
  const pressed = await refreshed()
  const { body } = await open(`?lever=refresh&was=11111&ends=${ends}&pressed=${pressed}`)
  const text = body.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ')
  expect(text).toContain(`Replaced the refresh token: …second instead of …${learner.refreshToken.slice(-6)}`)
  expect(text).toMatch(new RegExp(`Replaced the access token: ….{6} instead of …${learner.accessToken.slice(-6)}`))
  expect((await open(`?lever=refresh&was=11111&ends=<b>`)).body).not.toContain('<b>')
})

test('a lever that nobody has, or a message that never came, breaks nothing', async () => {
  expect((await open('?lever=nonsense&was=x&pressed=y')).body).not.toContain('You pressed')
  const { body } = await open('?lever=refresh&pressed=not-an-id&failed=<script>')
  expect(body).toContain('Nothing was done.')
  expect(body).not.toContain('<script>')
})

describe('let it expire', () => {
  const expire = (headers: Record<string, string>, browser = learner.browser) =>
    browser.post(
      `${lab.url}/runs/${learner.runId}/lights/expire`,
      { back: `/runs/${learner.runId}/lights?lever=expire` },
      headers,
    )

  test('the calendar and Accounts are told which token, in the trace of the run', async () => {
    const answer = await expire({ Origin: lab.url })
    expect(answer.status).toBe(303)
    expect(answer.location.href).toMatch(new RegExp(`^${lab.url}/runs/${learner.runId}/lights\\?lever=expire&pressed=`))
    const { jti, exp } = JSON.parse(Buffer.from(learner.accessToken.split('.')[1] ?? '', 'base64url').toString())
    expect(lab.received.map(({ service, path, body }) => [service, path, body])).toEqual([
      ['calendar', '/demo/expire', { jti, exp: String(exp) }],
      ['accounts', '/demo/expire', { jti, exp: String(exp) }],
    ])
    for (const { headers } of lab.received) expect(headers.traceparent).toContain(learner.traceId)
  })

  test('afterwards the token is spent, so the Lab may show it in full', async () => {
    await expire({ Origin: lab.url })
    expect(lab.context.values.get(learner.valueId)).toMatchObject({ plain: learner.accessToken, sealed: null })
  })

  test('another origin gets 403, another browser 404, and nothing expires', async () => {
    expect((await expire({ Origin: lab.services.tripmate })).status).toBe(403)
    expect((await expire({})).status).toBe(403)
    expect((await expire({ Origin: lab.url }, new TestBrowser())).status).toBe(404)
    expect(lab.received).toEqual([])
  })
})

test('an older run has no buttons, and says where they are', async () => {
  const page = {
    ...visit(runCookie(learner.browser, lab), hex(16), '/authorize?client_id=tripmate&state=a-later-state'),
    service: 'auth-server' as const,
  }
  const first = {
    ...visit(runCookie(learner.browser, lab), hex(16), '/authorize?client_id=tripmate&state=a-first-state'),
    service: 'auth-server' as const,
  }
  await lab.report(first, { ...page, startedAt: Date.now() + 10 })
  const { body } = await open()
  expect(body).not.toContain('<form')
  expect(body).toMatch(/The buttons are at <a href="\/runs\/[\w-]+\/lights">your newest run/)
})
