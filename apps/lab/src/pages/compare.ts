/**
 * `/compare?a=<run>/<message>&b=<run>/<message>` shows two messages side by side, `/compare?a=<run>&b=<run>` two runs. Without
 * `a`, it is the message or the run before that does the same.
 */
import { PageError } from '@glasshouse/shared/page-error'
import { type Request, Router } from 'express'
import { inPlace, type Message } from '../capture/messages'
import { counterpartIn, previousAlike } from '../compare/alike'
import { compareMessages, markedPieces } from '../compare/lines'
import { compareRuns } from '../compare/runs'
import type { Context } from '../context'
import * as runs from '../store/runs'
import type { RunTable } from '../store/schema'
import { browserOf, findRun } from '../visibility'
import { PARTY_NAMES, writing } from '../watch/run-page'
import { storyOf } from '../watch/story'
import type { WireLine } from '../watch/wire'

/** Earlier runs that are searched for a message to compare with. */
const SEARCHED_RUNS = 20

interface Side {
  run: RunTable
  messages: Message[]
  /** Missing when a whole run is compared. */
  message?: Message
}

export function comparePages(context: Context): Router {
  const router = Router()
  router.get('/', async (request, response) => {
    const right = await readSide(context, request, 'b')
    if (request.query.a === undefined) {
      const a = await oneBefore(context, request, right)
      return void response.redirect(303, `/compare?a=${a}&b=${String(request.query.b)}#first-difference`)
    }
    const left = await readSide(context, request, 'a')
    const kindOf = (id: string) => context.values.get(id)?.kind
    const shared = { left, right, story: storyOf, names: PARTY_NAMES, ...marking(context) }
    if (left.message && right.message) {
      const compared = compareMessages(left.message, right.message, kindOf)
      return void response.render('compare-messages', { ...shared, compared })
    }
    if (left.message || right.message) throw badRequest()
    const pairs = compareRuns(left.messages, right.messages, kindOf)
    response.render('compare-runs', { ...shared, pairs, first: pairs.findIndex(({ outcome }) => outcome !== 'same') })
  })
  return router
}

/** For views: the text of a line's value, with what the other side's line does not have marked. */
function marking(context: Context) {
  const { part } = writing(context)
  const textOf = (line: WireLine) => line.value.map(one => part(one).text).join('')
  return {
    pieces: (own: WireLine, other: WireLine | undefined) =>
      other ? markedPieces(textOf(own), textOf(other)) : [{ text: textOf(own), changed: true }],
    value: textOf,
  }
}

async function readSide(context: Context, request: Request, name: 'a' | 'b'): Promise<Side> {
  const asked = request.query[name]
  const [, runId, messageId] = /^([\w-]{1,40})(?:\/([\da-f]{16}))?$/.exec(typeof asked === 'string' ? asked : '') ?? []
  if (!runId) throw badRequest()
  const run = await findRun(context, request, runId)
  const messages = await context.reader.read(run.id)
  if (!messageId) return { run, messages }
  const message = messages.find(({ id }) => id === messageId)
  if (message) return { run, messages, message }
  throw new PageError(
    404,
    'This message is not in this run',
    'It may be too old: the Lab keeps the newest 2,000 messages of a run.',
    [{ href: `/runs/${run.id}`, label: 'See the whole run' }],
  )
}

/** @returns how the address names it */
async function oneBefore(context: Context, request: Request, { run, messages, message }: Side): Promise<string> {
  const inOrder = inPlace(messages)
  const inSameRun = message && previousAlike(inOrder, message)
  if (inSameRun) return `${run.id}/${inSameRun.id}`
  const browser = browserOf(request)
  const visible = browser === undefined ? [] : await runs.visibleTo(context.db, browser)
  const earlier = visible.filter(
    one => one.kind === run.kind && one.client === run.client && one.id !== run.id && one.started_at <= run.started_at,
  )
  for (const one of earlier.slice(0, SEARCHED_RUNS)) {
    if (!message) return one.id
    const counterpart = counterpartIn(await context.reader.read(one.id), message)
    if (counterpart) return `${one.id}/${counterpart.id}`
  }
  throw new PageError(
    404,
    'There is nothing to compare it with yet',
    'No earlier message of yours does the same. Connect your calendar once more, or deny access this time, and then compare.',
    [{ href: `/runs/${run.id}`, label: 'Back to the run' }],
  )
}

function badRequest(): PageError {
  return new PageError(
    400,
    'Compare what with what?',
    'The address has to name two runs, or two messages, as a and b.',
    [{ href: '/runs', label: 'See your runs' }],
  )
}
