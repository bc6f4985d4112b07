/** Take it with you: a run as a Mermaid diagram, as a shell script, and as one page. (`/runs/:id.har` is in `runs.ts`.) */
import { type Request, Router } from 'express'
import type { Context } from '../context'
import { fileName } from '../exports/file-name'
import { mermaidOf } from '../exports/mermaid'
import { shellScriptOf } from '../exports/shell-script'
import { wholeRunMessages, wholeRunPage } from '../exports/whole-run'
import { findRun } from '../visibility'

type OfRun = Request<{ id: string }>

export function exportPages(context: Context): Router {
  const { config, values, clock } = context
  const router = Router()

  const read = async (request: OfRun) => {
    const run = await findRun(context, request, request.params.id)
    return { run, messages: await context.reader.read(run.id) }
  }

  router.get('/:id.mmd', async (request: OfRun, response) => {
    const { run, messages } = await read(request)
    response.set('Content-Disposition', `inline; filename="${fileName(run, 'mmd')}"`)
    response.type('text/plain; charset=utf-8').send(mermaidOf(run, messages))
  })

  router.get('/:id.sh', async (request: OfRun, response) => {
    const { run, messages } = await read(request)
    const script = shellScriptOf(run, messages, { addresses: config.addresses, values, now: clock() })
    response.set('Content-Disposition', `inline; filename="${fileName(run, 'sh')}"`)
    response.type('text/plain; charset=utf-8').send(script)
  })

  router.get('/:id.html', async (request: OfRun, response) => {
    const { run, messages } = await read(request)
    const { html, policy } = await wholeRunPage(request.app, context, run, messages)
    response.set('Content-Security-Policy', `${policy}; frame-ancestors 'none'`)
    response.set('Content-Disposition', `inline; filename="${fileName(run, 'html')}"`)
    response.send(html)
  })

  // Every message of the run, for the page that is being printed.
  router.get('/:id/whole', async (request: OfRun, response) => {
    const { run, messages } = await read(request)
    response.send(await wholeRunMessages(request.app, context, run, messages))
  })
  return router
}
