/** Steps 1 to 5 with the requests that a browser would send, and with its cookies, but without drawing a page. */
import type { APIResponse, Page } from '@playwright/test'
import type { ALICE } from './people'
import type { Stack } from './stack'
import { step } from './step'

/** Ends where Tripmate would send the browser to its start page, which then says that the calendar is connected. */
export function connectUnseen(page: Page, stack: Stack, who: typeof ALICE): Promise<void> {
  return step(page, `Connect the calendar of ${who.name}`, async () => {
    const { request } = page
    const signIn = await request.get(`${stack.clientApp}/connect?ask=write`)
    const consent = await sendForm(page, signIn, { username: who.username, password: who.password })
    const allowed = await sendForm(page, consent, { decision: 'allow' }, { maxRedirects: 0 })
    const connected = await request.get(allowed.headers().location ?? '', { maxRedirects: 0 })
    if (connected.status() !== 303) throw new Error(`Tripmate answered the callback with ${connected.status()}`)
  })
}

/** Sends the first form of a page, with its hidden fields and ticked boxes, to the page's own address. */
async function sendForm(
  page: Page,
  from: APIResponse,
  filled: Record<string, string>,
  options: { maxRedirects?: number } = {},
): Promise<APIResponse> {
  const [html = ''] = /<form method="post"[\s\S]*?<\/form>/.exec(await from.text()) ?? []
  const form = new FormData()
  for (const [input] of html.matchAll(/<input [^>]*(?:type="hidden"| checked)[^>]*>/g)) {
    form.append(attribute(input, 'name'), attribute(input, 'value'))
  }
  for (const [name, value] of Object.entries(filled)) form.append(name, value)
  return page.request.post(from.url(), { form, headers: { Origin: new URL(from.url()).origin }, ...options })
}

function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}
