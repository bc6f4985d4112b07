/** `/tour`: nine questions, each decided by a message that the learner's own browser has caused. */
import { PageError } from '@glasshouse/shared/page-error'
import { STEPS } from '@glasshouse/shared/see-through/steps'
import express, { type Request, type Response, Router } from 'express'
import type { Context } from '../context'
import * as runs from '../store/runs'
import { type Bets, forgetBets, keepBet, readBet, readBets } from '../tour/bets'
import { recompute } from '../tour/challenge'
import { claimsOf } from '../tour/claims'
import { type Found, findProof } from '../tour/proof'
import type { Stop } from '../tour/stop'
import { STOPS } from '../tour/stops'
import { requestLines, responseLines } from '../tour/wire'
import { browserOf } from '../visibility'

/** How many of the newest runs are searched. */
const RUNS_SEARCHED = 6

export function tourPages(context: Context): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '1kb' })

  router.get('/', (request, response) =>
    response.render('tour', { stops: STOPS, steps: STEPS, bets: readBets(request) }),
  )

  router.get('/summary', (request, response) =>
    response.render('tour-summary', { stops: STOPS, bets: readBets(request) }),
  )

  router.post('/restart', (_request, response) => {
    forgetBets(response)
    response.redirect(303, '/tour')
  })

  router.get('/:stop', async (request: Request<{ stop: string }>, response: Response) => {
    const stop = stopNamed(request.params.stop)
    const bets = readBets(request)
    const search = bets[stop.id] === undefined ? {} : await searchRuns(context, request, stop)
    if (request.accepts(['html', 'json']) === 'json') return void response.json({ seen: search.found !== undefined })
    const { runId } = search
    response.render('tour-stop', {
      ...progress(stop, bets),
      places: { addresses: context.config.addresses, runId },
      evidence: search.found && describe(context, stop, search.found),
      runId,
    })
  })

  router.post('/:stop', form, (request: Request<{ stop: string }>, response: Response) => {
    const stop = stopNamed(request.params.stop)
    keepBet(request, response, stop.id, readBet(request.body?.answer))
    response.redirect(303, `/tour/${stop.id}`)
  })
  return router
}

/** @throws PageError 404 */
function stopNamed(id: string): Stop {
  const stop = STOPS.find(one => one.id === id)
  if (stop) return stop
  throw new PageError(404, 'The tour does not stop here', 'Perhaps the address has a typing error in it.', [
    { href: '/tour', label: 'See all stops' },
  ])
}

function progress(stop: Stop, bets: Bets) {
  const index = STOPS.indexOf(stop)
  return { stops: STOPS, stop, index, next: STOPS[index + 1], bets, bet: bets[stop.id] }
}

interface Search {
  /** The run that holds the proof, or else the newest run of this browser. */
  runId?: string | undefined
  found?: Found[] | undefined
}

async function searchRuns(context: Context, request: Request, stop: Stop): Promise<Search> {
  const browser = browserOf(request)
  if (browser === undefined) return {}
  const own = (await runs.visibleTo(context.db, browser)).filter(run => run.kind === 'browser').slice(0, RUNS_SEARCHED)
  for (const { id } of own) {
    const messages = await context.reader.read(id)
    const found = findProof(messages, stop.proof)
    if (found) return { runId: id, found }
  }
  return { runId: own[0]?.id }
}

function describe({ values, clock }: Context, stop: Stop, found: Found[]) {
  const reader = { values, now: clock() }
  return {
    messages: found.map(({ proof, message }) => ({
      title: proof.title,
      message,
      request: requestLines(message, proof.request ?? {}, reader),
      response: responseLines(message, proof.response ?? {}, reader),
      claims: proof.claims ? claimsOf(message, proof.claims, reader) : [],
    })),
    recomputed: stop.recomputesChallenge && recompute(found, reader),
  }
}
