/** Which runs a browser may see: its own, those of programs it follows, and the background, which holds nothing of a user. */
import { readRunCookie } from '@glasshouse/shared/lab/run-cookie'
import { PageError } from '@glasshouse/shared/page-error'
import type { Request } from 'express'
import { hashBrowser } from './capture/run-finder'
import type { Context } from './context'
import * as runs from './store/runs'
import type { RunTable } from './store/schema'

/** @returns undefined for a browser that has met none of the services yet */
export function browserOf(request: Request): string | undefined {
  const cookie = readRunCookie(request.headers.cookie)
  return cookie === undefined ? undefined : hashBrowser(cookie)
}

/** @throws PageError 404 for a run that does not exist, or that belongs to another browser: the two look alike */
export async function findRun(context: Context, request: Request, id: string): Promise<RunTable> {
  const run = await runs.find(context.db, id)
  if (run && (await mayRead(context, browserOf(request), run))) return run
  throw new PageError(
    404,
    'This run is not here',
    'It belongs to another browser, or it was so long ago that it has been removed. The Lab keeps the newest 200 runs.',
    [{ href: '/runs', label: 'See your runs' }],
  )
}

async function mayRead(context: Context, browser: string | undefined, run: RunTable): Promise<boolean> {
  if (run.kind === 'background') return true
  if (browser === undefined) return false
  if (run.kind === 'browser') return run.browser === browser
  return run.client !== null && runs.follows(context.db, browser, run.client)
}
