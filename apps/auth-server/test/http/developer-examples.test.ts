import { type Page, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { CALLBACK, developerServer } from '../developer-page'
import { signIn } from '../support'

const { its, registerApp } = developerServer()

/** What a person would copy from the page, in its order. */
function examples(page: Page): string[] {
  return [...page.body.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)].map(([, text = '']) =>
    text.replaceAll('&#39;', "'").replaceAll('&#34;', '"').replaceAll('&amp;', '&'),
  )
}

/** Runs a block of the page as a shell would, with what the person has put between the quotes of its first lines. */
async function run(block: string, values: Record<string, string>) {
  const [command = '', ...assignments] = block.replaceAll(' \\\n', '').split('\n').reverse()
  const variables = new Map(
    assignments.map(line => {
      const [, name = '', value = ''] = /^([A-Z_]+)='([^']*)'$/.exec(line) ?? []
      return [name, values[name] ?? value]
    }),
  )
  expect([...variables.keys()]).toEqual(expect.arrayContaining(Object.keys(values)))
  const words = [...command.matchAll(/(?:'[^']*'|"[^"]*"|\S)+/g)].map(([word]) =>
    word.replaceAll("'", '').replace(/"([^"]*)"/g, (_, inside: string) => {
      return inside.replace(/\$(\w+)/g, (_, name: string) => variables.get(name) ?? '')
    }),
  )
  const body = new URLSearchParams()
  for (const [index, word] of words.entries()) {
    if (!['-d', '--data-urlencode'].includes(words[index - 1] ?? '')) continue
    body.append(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
  }
  const response = await fetch(words.find(word => word.startsWith('http')) ?? '', { method: 'POST', body })
  return (await response.json()) as Record<string, string>
}

describe('what the developer page shows to copy', () => {
  test('what it shows to copy works, from step 1 to step 7', async () => {
    const { browser, app, secret } = await registerApp()
    const [authorization = '', token = '', api = '', again = ''] = examples(app)
    expect(token).toContain(secret)
    const consent = await browser.follow(await browser.get(authorization), its.server.url)
    const answer = await browser.submit(consent, { decision: 'allow' })
    expect(answer.location.href).toContain(CALLBACK)
    const tokens = await run(token, { CODE: answer.location.searchParams.get('code') ?? '' })
    expect(tokens).toHaveProperty('access_token')
    expect(api).toContain('/calendar/events')
    expect(await run(again, { REFRESH_TOKEN: tokens.refresh_token ?? '' })).toHaveProperty('access_token')
  })

  test('what it shows to copy stays the same when the page is loaded again, and is of this session and app', async () => {
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

  test('what it shows to copy is one word to a shell, whatever the redirect URI', async () => {
    const { app } = await registerApp({ redirect_uris: "https://app.example/';reboot;'$(reboot)" })
    expect(examples(app)[1]).toContain(`redirect_uri='https://app.example/'\\'';reboot;'\\''$(reboot)'`)
  })

  test('what a person has to put into a line to copy stands in its first lines, and each stays one word', async () => {
    const { browser, app, secret, url } = await registerApp()
    const [authorization = '', token = '', api = '', again = ''] = examples(app)
    expect(app.body).toMatch(
      new RegExp(`<a href="${authorization.replaceAll('&', '&amp;').replace('?', '\\?')}" target="_blank">`),
    )
    expect(token).toMatch(new RegExp(`^CODE='[^']*'\nCLIENT_SECRET='${secret}'\ncurl -w '\\\\n' `))
    expect(token).toContain('--data-urlencode "code=$CODE"')
    expect(api).toMatch(/^ACCESS_TOKEN='[^']*'\ncurl -w '\\n' [\s\S]*-H "Authorization: Bearer \$ACCESS_TOKEN"$/)
    expect(again).toMatch(/^REFRESH_TOKEN='[^']*'\nCLIENT_SECRET=/)
    expect(app.body).toContain('Nothing has to listen there')
    expect(app.body).not.toContain('The client secret was shown once')
    const later = await browser.get(url)
    expect(examples(later)[1]).toContain("CLIENT_SECRET='PUT THE CLIENT SECRET HERE'")
    expect(later.body).toContain('The client secret was shown once')
  })

  test('a public app has no secret, and its lines work without one', async () => {
    const { browser, app, secret } = await registerApp({
      token_endpoint_auth_method: 'none',
      redirect_uris: 'com.example.app:/callback',
    })
    expect(secret).toBeUndefined()
    const [authorization = '', token = ''] = examples(app)
    expect(token).not.toContain('client_secret')
    expect(app.body).toContain('the page that follows shows it with the code in it')
    const consent = await browser.follow(await browser.get(authorization), its.server.url)
    const { searchParams } = (await browser.submit(consent, { decision: 'allow' })).location
    expect(await run(token, { CODE: searchParams.get('code') ?? '' })).toHaveProperty('access_token')
  })
})
