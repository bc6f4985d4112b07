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
}

interface Secret {
  name: string
  opens: string
  isIn: (message: Message, half: 'request' | 'response', kindOf: (id: string) => ValueKind | undefined) => boolean
}

const ofKind =
  (...kinds: ValueKind[]): Secret['isIn'] =>
  (message, half, kindOf) =>
    idsIn(message, half).some(id => kinds.includes(kindOf(id) as ValueKind))

const SECRETS: Secret[] = [
  {
    name: 'your password',
    opens: 'everything you have at Accounts',
    isIn: ({ request }, half) => half === 'request' && parseBody(request).password === NEVER_RECORDED,
  },
  {
    name: 'client secret',
    opens: 'lets its holder pass for Tripmate',
    isIn: ({ request }, half) =>
      half === 'request' &&
      (parseBody(request).client_secret === NEVER_RECORDED ||
        (headerOf(request, 'authorization') ?? '').includes(NEVER_RECORDED)),
  },
  { name: 'code verifier', opens: 'proves who began the request', isIn: ofKind('code_verifier') },
  { name: 'state', opens: 'shows that an answer belongs to this browser’s request', isIn: ofKind('state') },
  { name: 'authorization code', opens: 'is exchanged for the tokens, once', isIn: ofKind('code') },
  { name: 'access token', opens: 'the calendar, for an hour', isIn: ofKind('access_token') },
  { name: 'refresh token', opens: 'gets new access tokens', isIn: ofKind('refresh_token') },
  { name: 'your events', opens: 'what all of this protects', isIn: hasEvents },
]

export function witnessTable(messages: Message[], kindOf: (id: string) => ValueKind | undefined): SecretRow[] {
  const inOrder = inPlace(messages)
  return SECRETS.map(({ name, opens, isIn }) => {
    const row: SecretRow = { name, opens, seenBy: {} }
    for (const message of inOrder) {
      for (const half of ['request', 'response'] as const) {
        if (!isIn(message, half, kindOf)) continue
        const witnesses: string[] = [message.from, message.to]
        if (passesAddressBar(message, half, isIn, kindOf)) witnesses.push('address')
        for (const { key } of WITNESSES) {
          if (witnesses.includes(key)) row.seenBy[key] ??= { id: message.id, number: message.number }
        }
      }
    }
    if (isIn === hasEvents) row.seenBy.browser ??= pageWithEvents(inOrder)
    return row
  })
}

/** Pages are not recorded, but a page that is built from the calendar's answer shows the events to the user. */
function pageWithEvents(messages: Message[]): Seen | undefined {
  const causes = new Set(messages.filter(message => hasEvents(message, 'response')).map(({ causedBy }) => causedBy))
  return messages.find(({ id, channel, response }) => channel === 'front' && response?.status === 200 && causes.has(id))
}

function hasEvents(message: Message, half: 'request' | 'response'): boolean {
  const part = message[half]
  if (!part || message.to === 'auth-server') return false
  const body = parseBody(part)
  return Array.isArray(body.items) ? body.items.length > 0 : typeof body.summary === 'string' && body.summary !== ''
}

/** What stands in a target that the browser opens, or in an address that it is sent to, is in its address bar and history. */
function passesAddressBar(
  message: Message,
  half: 'request' | 'response',
  isIn: Secret['isIn'],
  kindOf: (id: string) => ValueKind | undefined,
): boolean {
  if (message.channel !== 'front') return false
  const { request, response } = message
  const target = half === 'request' ? request.target : ((response && headerOf(response, 'location')) ?? '')
  const alone = { ...message, request: { ...request, target, headers: [], bodyBytes: 0 } } as Message
  delete alone.request.body
  return isIn(alone, 'request', kindOf)
}

function idsIn(message: Message, half: 'request' | 'response'): string[] {
  const part = message[half]
  if (!part) return []
  const texts = [...part.headers.map(([, value]) => value), part.body ?? '']
  if (half === 'request') texts.push(message.request.target)
  return texts.flatMap(referencedIds)
}
