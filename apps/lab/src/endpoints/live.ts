/**
 * `GET /runs/:id/live`: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Each event brings
 * the parts of the diagram that are new or have changed. Its id is the version that the page shows then: after a break the
 * browser sends it back, and gets what it has missed. The first time, the page sends its version as `since`.
 */
import type { Request, Response } from 'express'
import type { Context } from '../context'
import { findRun } from '../visibility'
import { diagramOf } from '../watch/run-page'
import type { Node } from '../watch/tree'

/** So that proxies and browsers keep a quiet stream open. */
const KEEP_ALIVE_MS = 20_000
/** Messages that arrive together are drawn together. */
const COLLECT_FOR_MS = 10

export function liveRun(context: Context) {
  return async (request: Request<{ id: string }>, response: Response): Promise<void> => {
    const run = await findRun(context, request, request.params.id)
    const all = request.query.all !== undefined
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
    response.write('retry: 1000\n\n')

    let changed = new Set<string>()
    let timer: NodeJS.Timeout | undefined
    const send = async () => {
      timer = undefined
      const ids = changed
      changed = new Set()
      const messages = await context.reader.read(run.id)
      if (response.writableEnded) return
      const diagram = diagramOf(context, run, messages, all)
      const parts = []
      for (const [index, node] of diagram.tree.entries()) {
        if (!contains(node, ids)) continue
        const html = await render(response, { ...diagram, nodes: [node] })
        parts.push({ id: node.message.id, before: diagram.tree[index + 1]?.message.id ?? null, html })
      }
      const { folded, shownCount, version } = diagram
      const event = { parts, shown: shownCount, folded: folded.count, words: folded.words }
      response.write(`id: ${version}\ndata: ${JSON.stringify(event)}\n\n`)
    }
    const collect = (ids: string[]) => {
      for (const id of ids) changed.add(id)
      if (changed.size > 0) timer ??= setTimeout(() => void send().catch(end), COLLECT_FOR_MS)
    }
    const stop = context.news.subscribe(run.id, collect)
    const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS)
    const end = () => response.end()
    const offClose = context.news.onClose(end)
    response.on('close', () => {
      stop()
      offClose()
      clearInterval(keepAlive)
      clearTimeout(timer)
    })
    const since = Number(request.get('Last-Event-ID') ?? request.query.since ?? Number.POSITIVE_INFINITY)
    const missed = (await context.reader.read(run.id)).filter(({ version }) => version > since)
    collect(missed.map(({ id }) => id))
  }
}

function contains(node: Node, ids: Set<string>): boolean {
  return ids.has(node.message.id) || node.children.some(child => contains(child, ids))
}

function render(response: Response, locals: object): Promise<string> {
  return new Promise((resolve, reject) => {
    response.app.render('parts/nodes', { ...response.app.locals, ...locals }, (error, html) =>
      error ? reject(error) : resolve(html),
    )
  })
}
