/** `/runs`, the runs of this browser, and `/runs/:id`, one run. */
import { type Request, type Response, Router } from 'express'
import { messagesOf } from '../capture/messages'
import { plainText } from '../capture/plain-text'
import { checkResults } from '../checks/results'
import type { Context } from '../context'
import { harOf } from '../exports/har'
import * as exchanges from '../store/exchanges'
import * as runs from '../store/runs'
import { browserOf, findRun } from '../visibility'

export function runPages(context: Context): Router {
  const { db, config, values, clock } = context
  const router = Router()

  router.get('/', async (request, response) => {
    const browser = browserOf(request)
    const own = browser === undefined ? [] : await runs.visibleTo(db, browser)
    const list = own.map(({ id, kind, client, started_at, messages }) => ({
      id,
      kind,
      ...(client !== null && { client }),
      started: new Date(started_at).toISOString(),
      messages: Number(messages),
    }))
    if (wantsJson(request)) return void response.json(list)
    response.render('runs', { runs: list })
  })

  router.get('/:name', async (request: Request<{ name: string }>, response: Response) => {
    const [, id = '', extension] = /^([\w-]+)(?:\.(har))?$/.exec(request.params.name) ?? []
    const run = await findRun(context, request, id)
    const messages = messagesOf(await exchanges.ofRun(db, run.id), config.addresses)
    const text = (stored: string) => plainText(stored, values, clock())
    if (extension === 'har') {
      response.type('application/json')
      return void response.send(
        JSON.stringify(harOf(messages, { addresses: config.addresses, text, checks: checkResults })),
      )
    }
    response.render('run', { run, messages, text })
  })
  return router
}

function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json'
}
