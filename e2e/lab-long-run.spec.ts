/**
 * The page of a run of 2,000 messages, the most that the Lab keeps. What the browser has to do for it is measured as CPU time of
 * the page's thread, so that other programs on the machine hardly count; what the Lab has to do is measured in
 * `apps/lab/test/http/long-run.test.ts`. Together they hold that the page is painted within 1 s, and a new message within 100 ms.
 */

import { randomBytes } from 'node:crypto'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { createRunId, RUN_COOKIE } from '@glasshouse/shared/lab/run-cookie'
import { slowness } from '@glasshouse/shared/testing/cost'
import type { CDPSession, Page } from '@playwright/test'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

const MESSAGES = 2_000
const NEW_MESSAGES = 15
const hex = (bytes: number) => randomBytes(bytes).toString('hex')

/** A page of Tripmate, and the call that it makes with a token: two messages. */
function pageAndCall({ calendarApi }: Stack, browser: string, startedAt: number): ReportedExchange[] {
  const traceId = hex(16)
  const page: ReportedExchange = {
    service: 'client-app',
    end: 'server',
    id: hex(8),
    traceId,
    browser,
    startedAt,
    durationMs: 9,
    request: { method: 'GET', target: '/', headers: [['accept', 'text/html']], bodyBytes: 0 },
    response: { status: 200, headers: [['content-type', 'text/html']], bodyBytes: 9_000 },
  }
  const event = { id: hex(8), summary: 'Tea with the Hatter', start: { dateTime: '2027-03-10T09:20:00Z' } }
  const body = JSON.stringify({ items: Array.from({ length: 10 }, () => event) })
  const call: ReportedExchange = {
    ...page,
    end: 'client',
    id: hex(8),
    causedBy: page.id,
    startedAt: startedAt + 2,
    durationMs: 5,
    origin: calendarApi,
    request: {
      method: 'GET',
      target: `/calendar/events?maxResults=10&pageToken=${hex(8)}`,
      headers: [['authorization', `Bearer ${hex(40)}`]],
      bodyBytes: 0,
    },
    response: { status: 200, headers: [['content-type', 'application/json']], body, bodyBytes: body.length },
  }
  return [call, page]
}

async function report({ lab }: Stack, exchanges: ReportedExchange[]): Promise<void> {
  for (let at = 0; at < exchanges.length; at += 50) {
    const body = JSON.stringify({ exchanges: exchanges.slice(at, at + 50), dropped: 0 })
    const headers = { 'Content-Type': 'application/json' }
    expect((await fetch(`${lab}/reports`, { method: 'POST', headers, body })).status).toBe(204)
  }
}

async function measure(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return session
}

/** CPU time of the page's main thread so far, in milliseconds. */
async function cpuTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
}

/** Waits until the message is on the screen. */
async function painted(page: Page, id: string): Promise<void> {
  await page.waitForSelector(`#m-${id}`)
  await page.evaluate('new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

test('the browser paints a run of 2,000 messages, and each new one, in a fraction of the time it has', async ({
  page,
  stack,
}) => {
  test.setTimeout(120_000)
  const browser = createRunId()
  await page.context().addCookies([{ name: RUN_COOKIE, value: browser, url: stack.lab }])
  const now = Date.now() - 60_000
  const exchanges = Array.from({ length: MESSAGES / 2 }, (_, index) => pageAndCall(stack, browser, now + index * 10))
  await report(stack, exchanges.flat())

  // Each in a process of its own, whose whole CPU time is counted: no work is forgotten.
  const loads: number[] = []
  for (let tries = 0; tries < 3; tries++) {
    const fresh = await page.context().newPage()
    const session = await measure(fresh)
    await fresh.goto(`${stack.lab}/runs/newest`)
    await expect(fresh.locator('.exchange')).toHaveCount(MESSAGES)
    loads.push((await cpuTime(session)) / (await slowness()))
    await fresh.close()
  }
  await page.goto(`${stack.lab}/runs/newest`)
  const session = await measure(page)
  const draws: number[] = []
  for (let index = 0; index < NEW_MESSAGES; index++) {
    const [call, own] = pageAndCall(stack, browser, Date.now())
    if (!call || !own) throw new Error('two messages')
    const before = await cpuTime(session)
    await report(stack, [call, own])
    await painted(page, own.id)
    draws.push(((await cpuTime(session)) - before) / (await slowness()))
  }
  expect(Math.min(...loads), 'to load and paint the page, in ms').toBeLessThan(600)
  expect(Math.min(...draws), 'to draw a new message, in ms').toBeLessThan(75)
})
