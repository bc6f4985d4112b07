/** Everything that the page of a run shows. */
import type { Request } from 'express'
import { isSpent, show } from '../capture/masking'
import { inPlace, type Message } from '../capture/messages'
import { plainText } from '../capture/plain-text'
import { checkResults } from '../checks/results'
import type { Context } from '../context'
import { takeAlong } from '../exports/take-along'
import type { RunTable } from '../store/schema'
import { storyOf } from './story'
import { foldedIn, lifelinesOf, treeOf } from './tree'
import { requestWire, responseWire, type WirePart } from './wire'
import { WITNESSES, witnessTable } from './witnesses'

/** What views need to write texts that contain secret values. */
export function writing(context: Context) {
  const { values, clock } = context
  const text = (stored: string, encode?: (value: string) => string) => plainText(stored, values, clock(), encode)
  return {
    text,
    /** @returns for a part of a line: its text, and the value to follow if it is one */
    part(part: WirePart): { text: string; id?: string; kind?: string; spent?: boolean; related?: string } {
      if (typeof part === 'string') return { text: part }
      if ('followId' in part) return { text: text(part.text), id: part.followId }
      const value = values.get(part.valueId)
      if (!value) return { text: '…' }
      const related = [value.id, ...values.related(value.id)].join(' ')
      const now = clock()
      return { text: show(value, now), id: value.id, kind: value.kind, spent: isSpent(value, now), related }
    },
  }
}

/** The diagram alone. @param all with the messages that are folded away at first */
export function diagramOf(context: Context, run: RunTable, messages: Message[], all: boolean) {
  return {
    run,
    all,
    lifelines: lifelinesOf(run),
    tree: treeOf(messages, id => context.values.related(id), all),
    folded: foldedIn(messages),
    version: messages.reduce((highest, { version }) => Math.max(highest, version), 0),
    shownCount: messages.filter(({ shown }) => shown).length,
    ...writing(context),
  }
}

export function runPage(context: Context, request: Request, run: RunTable, messages: Message[]) {
  const all = request.query.all !== undefined
  const kindOf = (id: string) => context.values.get(id)?.kind
  return {
    ...diagramOf(context, run, messages, all),
    messages,
    witnesses: WITNESSES,
    secrets: witnessTable(messages, kindOf),
  }
}

/** The panel of one message. */
export function panelOf(context: Context, run: RunTable, messages: Message[], message: Message) {
  const inOrder = inPlace(messages)
  const index = inOrder.indexOf(message)
  return {
    run,
    message,
    story: storyOf(message),
    request: requestWire(message),
    response: responseWire(message),
    checks: checkResults(message),
    before: inOrder[index - 1],
    next: inOrder[index + 1],
    names: PARTY_NAMES,
    ...takeAlong(context, inOrder, message),
    ...writing(context),
  }
}

export const PARTY_NAMES: Record<string, string> = {
  browser: 'Your browser',
  'client-app': 'Tripmate',
  'auth-server': 'Accounts',
  'calendar-api': 'Calendar',
}
