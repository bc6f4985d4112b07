import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { accessToken, exchange, form, json, type Lab, NOW, newBrowser, secret, startLab, TRIPMATE } from '../support'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())

describe('values that open something', () => {
  const redeem = (code: string, verifier: string) =>
    form({ grant_type: 'authorization_code', code, code_verifier: verifier, client_secret: NEVER_RECORDED })

  test('are in the store only sealed, and on pages only by their last six characters', async () => {
    const browser = newBrowser()
    const [code, state] = [secret(), secret()]
    await lab.report(
      exchange({
        browser,
        response: { status: 303, headers: [['location', `${TRIPMATE}/callback?code=${code}&state=${state}`]] },
      }),
    )
    const [run] = await lab.runs(browser)
    const page = await lab.get(`/runs/${run?.id}.har`, browser)
    for (const value of [code, state]) {
      expect((await lab.stored()).includes(value)).toBe(false)
      expect(page.body).not.toContain(value)
      expect(page.body).toContain(`…${value.slice(-6)}`)
    }
  })

  test('are shown in full once they are spent: a redeemed code and its verifier', async () => {
    const browser = newBrowser()
    const [code, verifier, refresh] = [secret(), secret(), secret()]
    const token = accessToken()
    await lab.report(
      exchange({ browser, response: { status: 303, headers: [['location', `${TRIPMATE}/callback?code=${code}`]] } }),
    )
    await lab.report(
      exchange({
        browser,
        request: { method: 'POST', target: '/token', ...redeem(code, verifier) },
        response: json({ access_token: token, refresh_token: refresh }),
      }),
    )
    const [run] = await lab.runs(browser)
    const { body } = await lab.get(`/runs/${run?.id}.har`, browser)
    expect(body).toContain(code)
    expect(body).toContain(verifier)
    expect(body).not.toContain(token)
    expect(body).not.toContain(refresh)
    expect((await lab.stored()).includes(refresh)).toBe(false)
  })

  test.each([
    [
      'a code that another client tried in vain',
      400,
      'code is unknown, expired, used before, or was issued to another client',
      false,
    ],
    ['a code that its own client used up with a wrong verifier', 400, 'code_verifier does not match', true],
    ['a code at a server that failed', 503, 'the store cannot be reached', false],
  ])('%s', async (_, status, description, shown) => {
    const browser = newBrowser()
    const code = secret()
    const answer = { ...json({ error: 'invalid_grant', error_description: description }), status }
    await lab.report(
      exchange({ browser, request: { method: 'POST', target: '/token', ...redeem(code, secret()) }, response: answer }),
    )
    const [run] = await lab.runs(browser)
    expect((await lab.get(`/runs/${run?.id}.har`, browser)).body.includes(code)).toBe(shown)
  })

  test('a replaced refresh token, a revoked token and tokens that the list of ended tokens names', async () => {
    const browser = newBrowser()
    const [first, second, third] = [secret(), secret(), secret()]
    const token = accessToken({ jti: 'grant-9.1' })
    await lab.report(exchange({ browser, response: json({ access_token: accessToken(), refresh_token: third }) }))
    const refresh = (sent: string, got: string, access: string) =>
      exchange({
        browser,
        request: { method: 'POST', target: '/token', ...form({ grant_type: 'refresh_token', refresh_token: sent }) },
        response: json({ access_token: access, refresh_token: got }),
      })
    await lab.report(refresh(first, second, token))
    const [run] = await lab.runs(browser)
    const har = async () => (await lab.get(`/runs/${run?.id}.har`, browser)).body
    expect(await har()).toContain(first)
    expect(await har()).not.toContain(second)

    await lab.report(
      exchange({
        browser,
        request: { method: 'POST', target: '/revoke', ...form({ token: third }) },
        response: json({}),
      }),
    )
    expect(await har()).toContain(third)

    expect(await har()).not.toContain(token)
    await lab.report(
      exchange({
        request: { target: '/ended-tokens?after=1' },
        response: json({ ended: [{ id: 'grant-9', expires_at: 1 }], last: 2, lease: 3 }),
      }),
    )
    expect(await har()).toContain(token)
    expect(await har()).toContain(second)
  })

  test('an access token whose time is over', async () => {
    const browser = newBrowser()
    const token = accessToken()
    await lab.report(exchange({ browser, response: json({ access_token: token }) }))
    const [run] = await lab.runs(browser)
    const har = async () => (await lab.get(`/runs/${run?.id}.har`, browser)).body
    expect(await har()).not.toContain(token)
    lab.advance(3600_000 + 61_000)
    expect(await har()).toContain(token)
  })

  test('a value that stands where nobody would look for it', async () => {
    const browser = newBrowser()
    const refresh = secret()
    await lab.report(exchange({ browser, response: json({ refresh_token: refresh }) }))
    await lab.report(
      exchange({ browser, request: { target: `/search?q=${refresh}`, headers: [['x-note', `see ${refresh}!`]] } }),
    )
    const [run] = await lab.runs(browser)
    expect((await lab.stored()).includes(refresh)).toBe(false)
    expect((await lab.get(`/runs/${run?.id}?all`, browser)).body).not.toContain(refresh)
  })
})

test('a restart keeps the runs, and what was sealed stays masked', async () => {
  const browser = newBrowser()
  const refresh = secret()
  await lab.report(exchange({ browser, response: json({ refresh_token: refresh }) }))
  const [before] = await lab.runs(browser)
  await lab.restart()
  expect(await lab.runs(browser)).toEqual([before])
  const { body } = await lab.get(`/runs/${before?.id}.har`, browser)
  expect(body).toContain(`…${refresh.slice(-6)}`)
  expect(body).not.toContain(refresh)
})

test('a token that somebody wrote around a good signature stays masked, whatever it says of itself', async () => {
  const browser = newBrowser()
  const good = accessToken({ exp: NOW / 1000 + 1_000_000 })
  const [header, , signature] = good.split('.')
  const claims = Buffer.from(JSON.stringify({ jti: 'ended.1', exp: 1 })).toString('base64url')
  const forged = `${header}.${claims}.${signature}`
  await lab.report(
    exchange({ browser, response: json({ access_token: good }) }),
    exchange({ browser, request: { headers: [['authorization', `Bearer ${forged}`]] } }),
    exchange({
      browser,
      request: { method: 'POST', target: '/revoke', ...form({ token: forged }) },
      response: json({}),
    }),
    exchange({
      request: { target: '/ended-tokens?after=1' },
      response: json({ ended: [{ id: 'ended' }], last: 2, lease: 3 }),
    }),
  )
  const [run] = await lab.runs(browser)
  expect((await lab.stored()).includes(signature ?? '')).toBe(false)
  expect((await lab.get(`/runs/${run?.id}.har`, browser)).body.includes(signature ?? '')).toBe(false)
})

test('the reason of a refusal is searched for values as well', async () => {
  const browser = newBrowser()
  const refresh = secret()
  await lab.report(exchange({ browser, response: json({ refresh_token: refresh }) }))
  await lab.report(
    exchange({ browser, refusal: { refused: 'x', why: `${refresh} is not accepted` }, response: { status: 400 } }),
  )
  expect((await lab.stored()).includes(refresh)).toBe(false)
})
