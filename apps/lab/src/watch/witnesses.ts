/** Who has seen which secret: computed from the captured messages, so the table fills as the run goes on. */
import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { inPlace, type Message } from '../capture/messages'
import { headerOf, parseBody } from '../capture/read-message'
import { referencedIds } from '../capture/references'
import type { ValueKind } from '../store/schema'

export const WITNESSES = [
  { key: 'browser', name: 'You', hint: 'your browser' },
  { key: 'address', name: 'Address bar', hint: 'and history' },
  { key: 'client-app', name: 'Tripmate', hint: 'client' },
  { key: 'auth-server', name: 'Accounts', hint: 'authorization server' },
  { key: 'calendar-api', name: 'Calendar', hint: 'resource server' },
] as const

export type Witness = (typeof WITNESSES)[number]['key']

interface Seen {
  id: string
  number: number | undefined
}

export interface SecretRow {
  name: string
  /** What it would give a thief. */
  opens: string
  /** The number of the first message in which each witness saw it, and that message's id. */
  seenBy: Partial<Record<Witness, Seen | undefined>>
  /** Why nobody saw it in this run, where a row of dashes would surprise. */
  unseen?: string
}

/** One direction of a message, read once for all rows of the table. */
interface Half {
  message: Message
  half: 'request' | 'response'
  body: Record<string, unknown>
  kinds: Set<ValueKind | undefined>
  /** Those that the browser's address bar and history got. */
  inAddressBar: Set<ValueKind | undefined>
}

interface Secret {
  name: string
  opens: string
  isIn: (half: Half) => boolean
  /** For a value that can stand in an address. */
  kind?: ValueKind
}

const ofKind = (kind: ValueKind): Pick<Secret, 'isIn' | 'kind'> => ({ kind, isIn: ({ kinds }) => kinds.has(kind) })

const SECRETS: Secret[] = [
  {
    name: 'your password',
    opens: 'everything you have at Accounts',
    isIn: ({ half, body }) => half === 'request' && body.password === NEVER_RECORDED,
  },
  {
    name: 'client secret',
    opens: 'lets its holder pass for Tripmate',
    isIn: ({ half, body, message }) =>
      half === 'request' &&
      (body.client_secret === NEVER_RECORDED ||
        (headerOf(message.request, 'authorization') ?? '').includes(NEVER_RECORDED)),
  },
  { name: 'code verifier', opens: 'proves who began the request', ...ofKind('code_verifier') },
  { name: 'state', opens: 'shows that an answer belongs to this browser’s request', ...ofKind('state') },
  { name: 'authorization code', opens: 'is exchanged for the tokens, once', ...ofKind('code') },
  { name: 'access token', opens: 'the calendar, for an hour', ...ofKind('access_token') },
  { name: 'refresh token', opens: 'gets new access tokens', ...ofKind('refresh_token') },
  { name: 'your events', opens: 'what all of this protects', isIn: hasEvents },
]

const UNSEEN: Record<string, string> = {
  'your password': 'Not sent in this run: you were signed in at Accounts already.',
}

/** @param messages those of one run */
export function witnessTable(messages: Message[], kindOf: (id: string) => ValueKind | undefined): SecretRow[] {
  const halves = inPlace(messages).flatMap(message => [
    ...halfOf(message, 'request', kindOf),
    ...halfOf(message, 'response', kindOf),
  ])
  const asksAccounts = halves.some(({ message }) => message.steps.request === 1 && message.to === 'auth-server')
  return SECRETS.map(({ name, opens, isIn, kind }) => {
    const row: SecretRow = { name, opens, seenBy: {} }
    for (const half of halves) {
      if (!isIn(half)) continue
      const { from, to, id, number } = half.message
      const witnesses: string[] = [from, to, ...(kind && half.inAddressBar.has(kind) ? ['address'] : [])]
      for (const { key } of WITNESSES) {
        if (witnesses.includes(key)) row.seenBy[key] ??= { id, number }
      }
    }
    if (isIn === hasEvents) row.seenBy.browser ??= pageWithEvents(halves)
    const unseen = UNSEEN[name]
    if (unseen && asksAccounts && Object.keys(row.seenBy).length === 0) row.unseen = unseen
    return row
  })
}

function halfOf(message: Message, half: Half['half'], kindOf: (id: string) => ValueKind | undefined): Half[] {
  const part = message[half]
  if (!part) return []
  const address = half === 'request' ? message.request.target : (headerOf(part, 'location') ?? '')
  const texts = [...part.headers.map(([, value]) => value), part.body ?? '', address]
  const kindsIn = (all: string[]) => new Set(all.flatMap(referencedIds).map(kindOf))
  // What stands in a target that the browser opens, or in an address that it is sent to, is in its address bar and history.
  const inAddressBar = message.channel === 'front' ? kindsIn([address]) : new Set<ValueKind | undefined>()
  return [{ message, half, body: parseBody(part), kinds: kindsIn(texts), inAddressBar }]
}

/** Pages are not recorded, but a page that is built from the calendar's answer shows the events to the user. */
function pageWithEvents(halves: Half[]): Seen | undefined {
  const answers = halves.filter(({ half }) => half === 'response')
  const causes = new Set(answers.filter(hasEvents).map(({ message }) => message.causedBy))
  return answers
    .map(({ message }) => message)
    .find(({ id, channel, response }) => channel === 'front' && response?.status === 200 && causes.has(id))
}

function hasEvents({ message, body }: Half): boolean {
  if (message.to === 'auth-server') return false
  return Array.isArray(body.items) ? body.items.length > 0 : typeof body.summary === 'string' && body.summary !== ''
}
