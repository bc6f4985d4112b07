/**
 * A named step of a user's actions. The list and the report show its name; `npm run e2e -- --slow` shows it on the page
 * while it runs, and `npm run e2e -- --report` keeps a picture of the page after the step.
 */
import { expect, type Page, type Request, test } from '@playwright/test'

export const SLOW = process.env.E2E_SLOW === '1'
const WITH_PICTURES = process.env.E2E_REPORT === '1'

/** Long enough to read a caption before the page changes. */
const READ_FOR_MS = 1_200

export function step<Result>(page: Page, title: string, body: () => Promise<Result>): Promise<Result> {
  return test.step(title, async () => {
    if (SLOW) return withCaption(page, title, body)
    if (WITH_PICTURES) return withPicture(page, title, body)
    return body()
  })
}

async function withCaption<Result>(page: Page, title: string, body: () => Promise<Result>): Promise<Result> {
  const text = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // Styled with attributes, because the pages' Content-Security-Policy allows no inline style.
  const html = `<table bgcolor="#14213d" cellpadding="12" align="center"><td><font color="white" size="5" face="sans-serif">${text}</font></td></table>`
  const caption = await page.screencast.showOverlay(html)
  await new Promise(resolve => setTimeout(resolve, READ_FOR_MS))
  const result = await body()
  await caption.dispose()
  return result
}

async function withPicture<Result>(page: Page, title: string, body: () => Promise<Result>): Promise<Result> {
  const underWay = new Set<Request>()
  const leave = (request: Request) => request.isNavigationRequest() && underWay.add(request)
  const arrive = (request: Request) => underWay.delete(request)
  page.on('request', leave).on('requestfinished', arrive).on('requestfailed', arrive)
  const result = await body()
  // A step may end with a click, and the picture should show the page that the click leads to.
  await expect(async () => {
    expect(underWay.size).toBe(0)
    await page.waitForLoadState()
    await test.info().attach(title, { body: await page.screenshot(), contentType: 'image/png' })
  }).toPass()
  page.off('request', leave).off('requestfinished', arrive).off('requestfailed', arrive)
  return result
}
