/**
 * Whether a page is accessible: axe's rules, and a page that is no wider than the window. It runs axe-core itself:
 * `@axe-core/playwright` loads axe again for each look, and collects what passed, which takes five times as long.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type { AxeResults, RunOptions } from 'axe-core'
import { expect } from './test'

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8')

/** No page here contains a page of another origin. Only what is wrong is described. */
const OPTIONS: RunOptions = { resultTypes: ['violations'], iframes: false, selectors: false }

/** A phone, and the narrowest window in which nothing may be cut off (WCAG 1.4.10), in CSS pixels. */
const [PHONE, NARROWEST] = [390, 320]

/** @returns the broken rules, each with the element that breaks it; empty if all is well */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(OPTIONS)})`)
  return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 160)}`))
}

/**
 * The page as it is, in light colours and wide, then in dark colours and on a phone: no rule is broken, and nothing is
 * wider than the window. While a button changes its colour, its contrast cannot be measured, so nothing moves.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const before = page.viewportSize()
  if (before) await expectToFit(page, before.width)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  expect(await violations(page), `${page.url()}, light`).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: PHONE, height: 844 })
  expect(await violations(page), `${page.url()}, dark, at ${PHONE} px`).toEqual([])
  await expectToFit(page, PHONE)
  await expectToFit(page, NARROWEST)
  if (before) await page.setViewportSize(before)
}

/** Nothing is wider than a window of this width, in CSS pixels. */
export async function expectToFit(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 844 })
  // A script may lay the page out anew for the new width, which takes a moment.
  const needed = () => page.evaluate<number>('document.documentElement.scrollWidth')
  await expect.poll(needed, `${page.url()} at ${width} px`).toBeLessThanOrEqual(width)
}
