/** Which checks stand in a file, and which of the reader's own messages reached them. */
import { messagesOf } from '../capture/messages'
import type { Context } from '../context'
import * as exchanges from '../store/exchanges'
import * as runs from '../store/runs'
import type { Check } from './check'
import { CHECK_LISTS } from './lists'
import { lineOf } from './places'
import { checkResults } from './results'

export interface Reached {
  runId: string
  messageId: string
  /** Of the message in its run. */
  number: number
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

/** Messages of the newest runs that are looked through, so that a page never waits long for this. */
const LOOKED_THROUGH = 1_000

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
  const found = new Map<number, Reached[]>()
  let seen = 0
  for (const run of await runs.visibleTo(db, browser)) {
    if (seen >= LOOKED_THROUGH) break
    seen += Number(run.messages)
    const messages = messagesOf(await exchanges.ofRun(db, run.id), config.addresses)
    for (const message of messages.toSorted((a, b) => b.startedAt - a.startedAt)) {
      for (const { file: where, line, result } of checkResults(message)) {
        if (where !== file || result === 'not reached') continue
        const one = { runId: run.id, messageId: message.id, number: message.number, result }
        found.set(line, [...(found.get(line) ?? []), one])
      }
    }
  }
  return found
}
