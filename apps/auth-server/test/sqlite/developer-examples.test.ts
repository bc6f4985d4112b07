import { createHash } from 'node:crypto'
import { type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { CALLBACK, developerServer } from '../developer-page'
import { openShell } from '../shell'
import { signIn } from '../support'

const { its, registerApp } = developerServer()

/** The commands that the page shows to copy, in order. */
function examples(page: Page): string[] {
  return [...page.body.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)].map(([, text = '']) =>
    text.replaceAll('&#39;', "'").replaceAll('&#34;', '"').replaceAll('&amp;', '&'),
  )
}

const shell = openShell()
afterAll(() => shell.remove())

/** The URL that the browser ends on when the user opens the first example and allows access. */
async function addressOf(browser: TestBrowser, authorization = ''): Promise<string> {
  const consent = await browser.follow(await browser.get(authorization), its.server.url)
  return (await browser.submit(consent, { decision: 'allow' })).location.href
}

/** The responses in what the commands print: a prompt, then one response per line. */
const answersIn = (printed: string) =>
  printed
    .replace('Paste the address: ', '')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

describe('the commands on the developer page', () => {
  test('work from step 1 to step 7 in one terminal, where only the address must be pasted', async () => {
    const { browser, app, secret } = await registerApp()
    const [authorization, token = '', api = '', again = ''] = examples(app)
    expect(token).toContain(secret)
    expect(api).toContain('/calendar/events')
    const keepToken = 'printf \'{"used":"%s"}\\n\' "$ACCESS_TOKEN"'
    const commands = [token, `${api.split('\n')[0] ?? ''}\n${keepToken}`, again, again]
    const [first, used, second, third] = answersIn(await shell.run(commands, await addressOf(browser, authorization)))
    expect(first).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
    expect(used).toEqual({ used: first.access_token })
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(third).toMatchObject({ token_type: 'Bearer' })
  })

  test.each([
    ['the code first', (code: string) => `${CALLBACK}?code=${code}&state=x&iss=y`],
    ['the code last', (code: string) => `${CALLBACK}?promo_code=no&state=x&code=${code}`],
    ['a fragment added by the app', (code: string) => `${CALLBACK}?code=${code}#loaded`],
  ])('find the code in an address with %s', async (_what, address) => {
    const { browser, app } = await registerApp()
    const [authorization, token = ''] = examples(app)
    const code = new URL(await addressOf(browser, authorization)).searchParams.get('code') ?? ''
    expect(answersIn(await shell.run([token], address(code)))).toEqual([
      expect.objectContaining({ token_type: 'Bearer' }),
    ])
  })

  test('make a valid PKCE pair (RFC 7636 §4.2)', async () => {
    const { app } = await registerApp()
    const printed = await shell.run([examples(app)[4] ?? ''])
    const [, verifier = '', challenge] = /^code_verifier=([\w-]{43})\ncode_challenge=([\w-]{43})\n$/.exec(printed) ?? []
    expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'))
  })

  test('stay the same when the page is reloaded, but differ between sessions and apps', async () => {
    const { browser, app, url } = await registerApp()
    const again = examples(await browser.get(url))
    expect(again[0]).toBe(examples(app)[0])
    const verifier = (line = '') => /code_verifier=([\w-]{43})(?![\w-])/.exec(line)?.[1]
    expect(verifier(again[1])).toBeDefined()
    expect(verifier(again[1])).toBe(verifier(examples(app)[1]))
    const elsewhere = new TestBrowser()
    await signIn(its.server, elsewhere, await elsewhere.get(`${its.server.url}/login`))
    expect(verifier(examples(await elsewhere.get(url))[1])).not.toBe(verifier(again[1]))
    const list = await browser.get(`${its.server.url}/developer`)
    const answer = await browser.submit(list, { client_name: 'Another', redirect_uris: CALLBACK }, 'client_name')
    expect(verifier(examples(await browser.get(answer.location))[1])).not.toBe(verifier(again[1]))
  })

  test('quote the redirect URI for the shell, whatever it contains', async () => {
    const { app } = await registerApp({ redirect_uris: "https://app.example/';reboot;'$(reboot)" })
    expect(examples(app)[1]).toContain(`redirect_uri='https://app.example/'\\'';reboot;'\\''$(reboot)'`)
  })

  test('have the client secret on its own line, or say there what to insert once it is no longer shown', async () => {
    const { browser, app, secret, url } = await registerApp()
    const [authorization = '', token = ''] = examples(app)
    expect(app.body).toMatch(
      new RegExp(`<a href="${authorization.replaceAll('&', '&amp;').replace('?', '\\?')}" target="_blank">`),
    )
    expect(token).toMatch(new RegExp(`^{\nCLIENT_SECRET='${secret}'\nprintf `))
    expect(app.body).toContain('No server has to run there')
    expect(app.body).not.toContain('The client secret was shown only once')
    const later = await browser.get(url)
    expect(examples(later)[1]).toContain("CLIENT_SECRET='PUT THE CLIENT SECRET HERE'")
    expect(later.body).toContain('The client secret was shown only once')
  })

  test('work without a secret for a public app, which gets a refresh token', async () => {
    const { browser, app, secret } = await registerApp({
      token_endpoint_auth_method: 'none',
      redirect_uris: 'com.example.app:/callback',
    })
    expect(secret).toBeUndefined()
    const [authorization, token = '', , again = ''] = examples(app)
    expect(token + again).not.toMatch(/client_secret/i)
    expect(app.body).toContain('opens the app that your redirect URI belongs to')
    const answers = answersIn(await shell.run([token, again], await addressOf(browser, authorization)))
    expect(answers).toEqual([
      expect.objectContaining({ refresh_token: expect.any(String) }),
      expect.objectContaining({ refresh_token: expect.any(String) }),
    ])
  })

  test('do not carry an old token on after a refused request', async () => {
    const { app } = await registerApp()
    const [, token = '', api = ''] = examples(app)
    const [refused, left] = answersIn(
      await shell.run(
        [token, api.split('\n')[0] ?? '', 'printf \'{"token":"%s"}\' "$ACCESS_TOKEN"'],
        'https://x/?code=no',
      ),
    )
    expect(refused).toMatchObject({ error: 'invalid_grant' })
    expect(left).toEqual({ token: '' })
  })
})
