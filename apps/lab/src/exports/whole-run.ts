/** One file that holds a whole run: it opens from disk, needs no script, and loads nothing from anywhere. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Application } from 'express'
import { inPlace, type Message } from '../capture/messages'
import type { Context } from '../context'
import type { RunTable } from '../store/schema'
import { diagramOf, PARTY_NAMES, panelOf } from '../watch/run-page'
import { WITNESSES, witnessTable } from '../watch/witnesses'

const STYLESHEETS = [
  join(__dirname, '../../../../packages/shared/public/glasshouse.css'),
  join(__dirname, '../../public/watch.css'),
  join(__dirname, '../../public/whole-run.css'),
]

/** What the views need: the messages in order, each as its panel shows it, and those that are folded away in the list. */
function wholeRun(context: Context, run: RunTable, messages: Message[]) {
  const inOrder = inPlace(messages)
  const kindOf = (id: string) => context.values.get(id)?.kind
  return {
    ...diagramOf(context, run, messages, false),
    panels: inOrder.filter(({ shown }) => shown).map(message => panelOf(context, run, messages, message)),
    others: inOrder.filter(({ shown }) => !shown),
    witnesses: WITNESSES,
    secrets: witnessTable(messages, kindOf),
    names: PARTY_NAMES,
    now: context.clock(),
  }
}

/** @returns the page, and the policy under which it is shown by the Lab itself */
export async function wholeRunPage(
  app: Application,
  context: Context,
  run: RunTable,
  messages: Message[],
): Promise<{ html: string; policy: string }> {
  const style = STYLESHEETS.map(file => readFileSync(file, 'utf8')).join('\n')
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  const locals = { ...app.locals, ...wholeRun(context, run, messages), style, policy }
  return { html: await render(app, context, run, 'export/run', locals), policy }
}

/** @returns every message of the run, for a page that has the stylesheets already */
export function wholeRunMessages(
  app: Application,
  context: Context,
  run: RunTable,
  messages: Message[],
): Promise<string> {
  return render(app, context, run, 'export/messages', { ...app.locals, ...wholeRun(context, run, messages) })
}

async function render(
  app: Application,
  context: Context,
  run: RunTable,
  view: string,
  locals: object,
): Promise<string> {
  const html = await new Promise<string>((resolve, reject) =>
    app.render(view, locals, (error, text) => (error ? reject(error) : resolve(text))),
  )
  return withinTheFile(html, run, context.config.addresses.labUrl)
}

/** Links to messages lead to places in the same text; a value's own page is not part of it. Other links name the Lab. */
function withinTheFile(html: string, run: RunTable, labUrl: string): string {
  const ofRun = `/runs/${run.id}`
  return html.replace(/ href="(\/[^"]*)"/g, (_, href: string) => {
    const [, id, answer] = /\/messages\/([\da-f]+)(#answer)?$/.exec(href) ?? []
    if (href.startsWith(`${ofRun}/messages/`) && id) return ` href="#${answer ? 'answer' : 'message'}-${id}"`
    return href.startsWith(`${ofRun}/values/`) ? '' : ` href="${labUrl}${href}"`
  })
}
