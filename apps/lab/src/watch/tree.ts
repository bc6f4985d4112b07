/** The messages of a run as the diagram draws them: what a message caused stands between its request and its response. */

import type { Message } from '../capture/messages'
import type { RunTable } from '../store/schema'
import type { Story } from './chapter'
import { storyOf } from './story'
import { valueIdsIn } from './wire'

/** The lifelines, from left to right. A program stands where the browser would. */
export const LIFELINES = ['browser', 'client-app', 'auth-server', 'calendar-api'] as const

export interface Lifeline {
  name: string
  role: string
  party: string
}

/** What takes time is worked out only for messages that are drawn: of a long run, a live page draws one at a time. */
export class Node {
  /** Columns of the lifelines, from 0. */
  readonly from: number
  readonly to: number
  /** The steps that this message is the first of: links such as `#step-4` lead here. */
  anchors: number[] = []
  readonly children: Node[] = []

  constructor(
    readonly message: Message,
    private readonly related: (id: string) => string[],
  ) {
    this.from = columnOf(message.from)
    this.to = columnOf(message.to)
  }

  get story(): Story {
    return storyOf(this.message)
  }

  /** The values in it, for those who follow one. */
  get valueIds(): string[] {
    return valueIdsIn(this.message, this.related)
  }
}

export function lifelinesOf(run: RunTable): Lifeline[] {
  const first =
    run.kind === 'program'
      ? { name: run.client ?? 'A program', role: 'a client of its own', party: 'user' }
      : { name: 'You', role: 'your browser', party: 'user' }
  return [
    first,
    { name: 'Tripmate', role: 'client', party: 'client' },
    { name: 'Accounts', role: 'authorization server', party: 'authorization-server' },
    { name: 'Calendar', role: 'resource server', party: 'resource-server' },
  ]
}

/** @param related the ids of values that belong together @param all with the messages that are folded away at first */
export function treeOf(messages: Message[], related: (id: string) => string[], all: boolean): Node[] {
  const drawn = messages.filter(({ shown }) => shown || all)
  const nodes = new Map(drawn.map(message => [message.id, new Node(message, related)]))
  const roots: Node[] = []
  const anchored = new Set<number>()
  for (const node of nodes.values()) {
    const { request, response } = node.message.steps
    node.anchors = [request, response].filter(step => step !== null && !anchored.has(step)) as number[]
    for (const step of node.anchors) anchored.add(step)
    const parent = node.message.causedBy === null ? undefined : nodes.get(node.message.causedBy)
    if (parent && node.message.depth > 0) parent.children.push(node)
    else roots.push(node)
  }
  return roots
}

function columnOf(party: string): number {
  return Math.max(0, (LIFELINES as readonly string[]).indexOf(party))
}

/** `9 files, 3 discovery, 2 pages` */
export function foldedIn(messages: Message[]): { count: number; words: string } {
  const folded = messages.filter(({ shown }) => !shown)
  const counts = KINDS.map(({ kind, one, many }) => {
    const count = folded.filter(message => message.kind === kind).length
    return count === 0 ? '' : `${count} ${count === 1 ? one : many}`
  })
  return { count: folded.length, words: counts.filter(Boolean).join(', ') }
}

const KINDS = [
  { kind: 'page', one: 'page', many: 'pages' },
  { kind: 'asset', one: 'file', many: 'files' },
  { kind: 'discovery', one: 'question about addresses and keys', many: 'questions about addresses and keys' },
  { kind: 'poll', one: 'poll', many: 'polls' },
] as const
