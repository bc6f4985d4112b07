/** What the page for developers says about the API. */
import { readForms } from '@glasshouse/shared/testing/test-browser'
import { send, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
let page: string
beforeAll(async () => {
  api = await startCalendarApi()
  page = await (await fetch(`${api.url}/docs`)).text()
})
afterAll(() => api.stop())

test('says what this server is, and links to the other parties', async () => {
  const { status, headers } = await fetch(`${api.url}/docs`)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch('text/html')
  expect(page).toMatch('resource server')
  for (const href of [api.context.config.addresses.clientAppUrl, api.authServer.url]) {
    expect(page).toMatch(`href="${href}"`)
  }
  expect(readForms({ body: page, url: api.url })).toEqual([])
})

test('shows the answer to a request without a token exactly as the API sends it', async () => {
  const { status, headers } = await fetch(`${api.url}/calendar/events`)
  const body = await (await fetch(`${api.url}/calendar/events`)).text()
  const shown = decode(/<code>(HTTP\/1\.1 .*?)<\/code>/s.exec(page)?.[1] ?? '')
  const [head = '', ...rest] = shown.split('\n\n')
  const [startLine, ...fields] = head.split('\n')
  expect(startLine).toBe(`HTTP/1.1 ${status} Unauthorized`)
  expect(rest.join('\n\n')).toBe(body)
  for (const field of fields) {
    const [name = '', value] = field.split(/: (.*)/)
    expect(headers.get(name)?.replace('; charset=utf-8', '')).toBe(value)
  }
  expect(fields.map(field => field.split(':')[0])).toContain('WWW-Authenticate')
})

test('links to the metadata that the challenge leads to', async () => {
  const url = `${api.url}/.well-known/oauth-protected-resource/calendar/events`
  expect(page).toMatch(`href="${url}"`)
  expect((await send(url)).status).toBe(200)
})

function decode(html: string): string {
  return html.replaceAll('&#34;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
