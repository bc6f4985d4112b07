/** Which checks stand in a file, and which of the reader's own messages reached them. */
import { type Message, messagesOf, readExchange } from '../capture/messages'
import { pathOf } from '../capture/read-message'
import type { Context } from '../context'
import * as exchanges from '../store/exchanges'
import * as runs from '../store/runs'
import type { Check } from './check'
import { CHECK_LISTS } from './lists'
import { lineOf } from './places'
import { checkListOf, checkResults } from './results'

export interface Reached {
  runId: string
  messageId: string
  /** `GET /calendar/events`, without the query, which may be long. */
  request: string
  /** HH:MM:SS */
  time: string
  result: 'passed' | 'refused'
}

export interface CheckOnLine {
  line: number
  check: Check
  /** How many messages reached it, and the newest of them. */
  count: number
  newest: Reached[]
}

const NEWEST = 5

/** How many runs and messages are looked through, the newest ones, so that a page never waits long for this. */
const RUNS = 20
const MESSAGES = 400

/** @param browser whose runs are looked through */
export async function checksIn(context: Context, file: string, browser: string | undefined): Promise<CheckOnLine[]> {
  const byLine = new Map<number, Check>()
  for (const check of CHECK_LISTS.flatMap(({ checks }) => checks)) {
    if (check.file === file) byLine.set(lineOf(check), check)
  }
  if (byLine.size === 0) return []
  const reached = browser === undefined ? new Map<number, Reached[]>() : await reachedIn(context, file, browser)
  return [...byLine]
    .sort(([one], [other]) => one - other)
    .map(([line, check]) => {
      const all = reached.get(line) ?? []
      return { line, check, count: all.length, newest: all.slice(0, NEWEST) }
    })
}

/** By line, the newest first. */
async function reachedIn({ db, config }: Context, file: string, browser: string): Promise<Map<number, Reached[]>> {
  const visible = (await runs.visibleTo(db, browser)).slice(0, RUNS).map(({ id }) => id)
  const rows = await exchanges.newestOf(db, visible, MESSAGES)
  const runOf = new Map(rows.map(({ id, run_id }) => [id, run_id ?? '']))
  const found = new Map<number, Reached[]>()
  const read = rows.flatMap(row => readExchange(row, config.addresses) ?? [])
  const messages = messagesOf({ exchanges: new Map(read.map(one => [one.id, one])) })
  for (const message of messages.toSorted((a, b) => b.startedAt - a.startedAt)) {
    if (!checkListOf(message)?.checks.some(check => check.file === file)) continue
    for (const { file: where, line, result } of checkResults(message)) {
      if (where !== file || result === 'not reached') continue
      const one = { ...describe(message), runId: runOf.get(message.id) ?? '', result }
      const before = found.get(line)
      if (before) before.push(one)
      else found.set(line, [one])
    }
  }
  return found
}

function describe({ id, request, startedAt }: Message) {
  const time = new Date(startedAt).toTimeString().slice(0, 8)
  return { messageId: id, request: `${request.method} ${pathOf(request.target)}`, time }
}
