/** Watch: `/runs`, the runs of this browser, and below it the pages of one run. */

import { PageError } from '@glasshouse/shared/page-error'
import express, { type Request, type Response, Router } from 'express'
import type { Message } from '../capture/messages'
import { checkResults } from '../checks/results'
import type { Context } from '../context'
import { liveRun } from '../endpoints/live'
import { harOf } from '../exports/har'
import { allowLevers } from '../forms'
import { lightsOf } from '../lights/lights'
import * as runs from '../store/runs'
import type { RunTable } from '../store/schema'
import { browserOf, findRun } from '../visibility'
import { placesOf } from '../watch/followed'
import { PARTY_NAMES, panelOf, runPage, writing } from '../watch/run-page'

type InRun = Request<{ id: string; other?: string }>

export function runPages(context: Context): Router {
  const { db, config, values, clock } = context
  const router = Router()

  router.get('/', async (request, response) => {
    const list = (await runsOf(context, request)).map(({ id, kind, client, started_at, messages }) => ({
      id,
      kind,
      ...(client !== null && { client }),
      started: new Date(started_at).toISOString(),
      messages: Number(messages),
    }))
    if (request.accepts(['html', 'json']) === 'json') return void response.json(list)
    response.render('runs', { runs: list })
  })

  // A developer's own app. Anyone who knows its client_id may watch it.
  router.post('/', express.urlencoded({ extended: false, limit: 4096 }), async (request, response) => {
    const browser = browserOf(request)
    const client = String(request.body?.client_id ?? '').trim()
    if (browser !== undefined && /^[\x21-\x7e]{1,200}$/.test(client)) await runs.follow(db, browser, client)
    response.redirect(303, '/runs')
  })

  router.get('/newest', async (request, response) => {
    const newest = (await runsOf(context, request)).find(({ kind }) => kind === 'browser')
    if (!newest) return void response.redirect(303, '/runs')
    const exchange = /^[\da-f]{16}$/.exec(String(request.query.exchange))?.[0]
    response.redirect(303, exchange ? `/runs/${newest.id}?exchange=${exchange}` : `/runs/${newest.id}`)
  })

  router.get('/:id.har', async (request: InRun, response: Response) => {
    const run = await findRun(context, request, request.params.id)
    const { text } = writing(context)
    const har = harOf(await context.reader.read(run.id), { addresses: config.addresses, text, checks: checkResults })
    response.type('application/json').send(JSON.stringify(har))
  })

  router.get('/:id', async (request: InRun, response: Response) => {
    const run = await findRun(context, request, request.params.id)
    const messages = await context.reader.read(run.id)
    const asked = messages.find(({ id }) => id === request.query.exchange)
    if (asked) return void response.redirect(303, `/runs/${run.id}/messages/${asked.id}`)
    await renderRun(request, response, run, messages)
  })

  router.get('/:id/live', liveRun(context))

  router.get('/:id/messages/:other', async (request: InRun, response: Response) => {
    const run = await findRun(context, request, request.params.id)
    const messages = await context.reader.read(run.id)
    const message = findMessage(run, messages, request.params.other)
    const panel = panelOf(context, run, messages, message)
    if (request.query.part === 'panel') return void response.render('parts/panel', panel)
    await renderRun(request, response, run, messages, panel)
  })

  router.get('/:id/values/:other', async (request: InRun, response: Response) => {
    const run = await findRun(context, request, request.params.id)
    const messages = await context.reader.read(run.id)
    const id = request.params.other ?? ''
    const value = values.get(id)
    const places = placesOf(messages, [id, ...values.related(id)], one => values.related(one))
    if (places.length === 0) throw gone(run, 'This value is not in this run')
    const claims = value?.claims ? JSON.parse(value.claims) : undefined
    response.render('value', { run, id, value, places, claims, names: PARTY_NAMES, now: clock(), ...writing(context) })
  })
  return router

  async function renderRun(request: Request, response: Response, run: RunTable, messages: Message[], panel?: object) {
    allowLevers(response, config.addresses)
    const lights = await lightsOf(context, request, run)
    response.render('run', { ...runPage(context, request, run, messages), panel, lights })
  }
}

async function runsOf({ db }: Context, request: Request) {
  const browser = browserOf(request)
  return browser === undefined ? [] : runs.visibleTo(db, browser)
}

function findMessage(run: RunTable, messages: Message[], id: string | undefined): Message {
  const message = messages.find(one => one.id === id)
  if (!message) throw gone(run, 'This message is not in this run')
  return message
}

function gone(run: RunTable, title: string): PageError {
  const detail = 'It may be too old: the Lab keeps the newest 2,000 messages of a run.'
  return new PageError(404, title, detail, [{ href: `/runs/${run.id}`, label: 'See the whole run' }])
}
