/** Which runs a browser may see: its own, those of programs it follows, and the background, which holds nothing of a user. */
import { createRunId, readRunCookie, runCookie } from '@glasshouse/shared/lab/run-cookie'
import { PageError } from '@glasshouse/shared/page-error'
import type { Request, RequestHandler } from 'express'
import { type Browsers, sameHost } from './capture/browsers'
import { hashBrowser } from './capture/run-finder'
import type { Context } from './context'
import * as exchanges from './store/exchanges'
import * as runs from './store/runs'
import type { RunTable } from './store/schema'

/** @returns undefined for a browser that has met none of the services yet */
export function browserOf(request: Request): string | undefined {
  const cookie = readRunCookie(request.headers.cookie)
  const browsers: Browsers | undefined = request.app.locals.browsers
  return cookie === undefined ? undefined : (browsers?.of(hashBrowser(cookie)) ?? hashBrowser(cookie))
}

/** For this long after an exchange, a link to it says whose browser follows it. */
const LINK_WORKS_FOR_MS = 10 * 60_000

/**
 * Where the Lab has a host of its own, it never gets the services' cookies. A page of a service links to
 * `/runs/newest?exchange=…`: whoever comes with the id of a new exchange of a browser is this browser.
 */
export function followLinkFromService({ browsers, clock, config, db }: Context): RequestHandler {
  const { labUrl, clientAppUrl, authServerUrl, calendarApiUrl } = config.addresses
  // Elsewhere the new cookie would reach a service, and a link of an attacker's would tie its reports to the attacker.
  const isAlone = ![clientAppUrl, authServerUrl, calendarApiUrl].some(url => sameHost(url, labUrl))
  return async (request, response, next) => {
    const id = /^[\da-f]{16}$/.exec(String(request.query.exchange))?.[0]
    if (!isAlone || !id || request.path !== '/runs/newest') return next()
    const exchange = await exchanges.find(db, id)
    const run = exchange?.run_id ? await runs.find(db, exchange.run_id) : undefined
    if (!run?.browser || !exchange || exchange.started_at < clock() - LINK_WORKS_FOR_MS) return next()
    if (browserOf(request) === run.browser) return next()
    const cookie = createRunId()
    await browsers.join(hashBrowser(cookie), run.browser)
    response.append('Set-Cookie', runCookie(cookie, labUrl.startsWith('https:')))
    response.redirect(303, request.originalUrl)
  }
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
