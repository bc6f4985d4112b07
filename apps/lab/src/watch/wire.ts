/** A message as lines on the wire, each with its meaning beside it. Values that travel are marked, so that they can be followed. */
import type { ReportedMessage } from '@glasshouse/shared/lab/exchange'
import { explainHeader, explainParameter, type MessageKind } from '@glasshouse/shared/see-through/explanations'
import type { SpecReference } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { headerOf } from '../capture/read-message'
import { splitReferences, type TextPart } from '../capture/references'
import { idOf } from '../capture/value-vault'

export interface WireLine {
  kind: 'start' | 'query' | 'header' | 'form' | 'json'
  /** What stands before the value, such as `&state=`. */
  before: string
  value: WirePart[]
  after: string
  name?: string
  meaning?: string
  spec?: SpecReference
}

/** Text, a secret value by reference, or an open value that can be followed as well. */
export type WirePart = TextPart | { followId: string; text: string }

export interface Wire {
  start: WireLine
  /** Lines of the protocol. */
  lines: WireLine[]
  /** Headers that every HTTP message has. */
  plumbing: WireLine[]
  /** Said in place of a body that is not recorded, or after one that was cut. */
  remark: string | undefined
}

/** Values that are no secrets but that turn up again elsewhere. */
const FOLLOWED = new Set(['code_challenge', 'kid', 'jti', 'client_id', 'redirect_uri'])

/** Headers that matter to OAuth. All others are plumbing. */
const HEADERS_THAT_MATTER = new Set([
  'authorization',
  'location',
  'www-authenticate',
  'retry-after',
  'etag',
  'if-match',
  'origin',
])

export function requestWire(message: Message): Wire {
  const { request } = message
  const kind = kindOfRequest(message)
  const [path = '', query] = request.target.split(/\?(.*)/s)
  return {
    start: { kind: 'start', before: `${request.method} `, value: splitReferences(path), after: ' HTTP/1.1' },
    lines: [...pairLines(query ?? '', 'query', kind), ...headerLines(request, kind, true), ...bodyLines(request, kind)],
    plumbing: headerLines(request, kind, false),
    remark: remarkOn(request),
  }
}

export function responseWire(message: Message): Wire | undefined {
  const { response } = message
  if (!response) return undefined
  const kind = kindOfResponse(message)
  return {
    start: {
      kind: 'start',
      before: `HTTP/1.1 ${response.status} `,
      value: [STATUS_WORDS[response.status] ?? ''],
      after: '',
    },
    lines: [...headerLines(response, kind, true), ...bodyLines(response, kind)],
    plumbing: headerLines(response, kind, false),
    remark: remarkOn(response),
  }
}

const STATUS_WORDS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

function kindOfRequest({ steps, to, request }: Message): MessageKind {
  if (steps.request === 1) return 'authorization request'
  if (steps.request === 3) return 'authorization response'
  if (steps.request === 4) return 'token request'
  if (steps.request === 7) return 'refresh request'
  if (steps.request === 6) return 'API request'
  return to === 'auth-server' && request.target.startsWith('/revoke') ? 'revocation request' : 'other'
}

function kindOfResponse({ steps, to }: Message): MessageKind {
  if (steps.response === 1) return 'authorization request'
  if (steps.response === 3) return 'authorization response'
  if (steps.response === 5 || steps.response === 7) return 'token response'
  return to === 'calendar-api' ? 'API response' : 'other'
}

function pairLines(text: string, where: 'query' | 'form', kind: MessageKind): WireLine[] {
  if (text === '') return []
  return text.split('&').map((pair, index): WireLine => {
    const [rawName = '', rawValue] = pair.split(/=(.*)/s)
    const name = decode(rawName)
    const sign = index > 0 ? '&' : where === 'query' ? '?' : ''
    return {
      kind: where,
      before: `${sign}${rawName}${rawValue === undefined ? '' : '='}`,
      value: FOLLOWED.has(name) ? [followed(rawValue ?? '')] : splitReferences(rawValue ?? ''),
      after: '',
      name,
      ...explainParameter(name, kind),
    }
  })
}

/** The same value has the same id, however it is encoded. */
function followed(rawValue: string): WirePart {
  return { followId: idOf(decode(rawValue)), text: rawValue }
}

function headerLines({ headers }: ReportedMessage, kind: MessageKind, thatMatter: boolean): WireLine[] {
  return headers
    .filter(([name]) => HEADERS_THAT_MATTER.has(name) === thatMatter)
    .flatMap(([name, value]): WireLine[] => {
      const explanation = explainHeader(name, value, kind)
      if (name === 'location') return locationLines(value, kind, explanation)
      return [
        {
          kind: 'header',
          before: `${properName(name)}: `,
          value: splitReferences(value),
          after: '',
          name,
          ...explanation,
        },
      ]
    })
}

/** A redirect carries the next message, so its parameters are shown like those of a request. */
function locationLines(value: string, kind: MessageKind, explanation: object | undefined): WireLine[] {
  const [base = '', query] = value.split(/\?(.*)/s)
  const first: WireLine = {
    kind: 'header',
    before: 'Location: ',
    value: splitReferences(base),
    after: '',
    name: 'location',
    ...explanation,
  }
  return [first, ...pairLines(query ?? '', 'query', kind)]
}

function bodyLines(message: ReportedMessage, kind: MessageKind): WireLine[] {
  const { body } = message
  if (body === undefined || body === '') return []
  if (!/json/i.test(headerOf(message, 'content-type') ?? '')) return pairLines(body, 'form', kind)
  const value = parseJson(body)
  return value === undefined
    ? [{ kind: 'json', before: '', value: splitReferences(body), after: '' }]
    : jsonLines(value, kind)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Indented JSON, one member in a line; of many alike, only the first is shown. */
function jsonLines(value: unknown, kind: MessageKind, indent = '', before = '', after = ''): WireLine[] {
  if (Array.isArray(value) && value.length > 0) {
    const [first] = value
    const more = value.length - 1
    return [
      plain(`${indent}${before}[`),
      ...jsonLines(first, kind, `${indent}  `, '', more > 0 ? ',' : ''),
      ...(more > 0 ? [plain(`${indent}  … ${more} more, not shown`)] : []),
      plain(`${indent}]${after}`),
    ]
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const members = Object.entries(value)
    if (members.length === 0) return [plain(`${indent}${before}{}${after}`)]
    return [
      plain(`${indent}${before}{`),
      ...members.flatMap(([name, inner], index) => {
        const comma = index < members.length - 1 ? ',' : ''
        const label = `${JSON.stringify(name)}: `
        if (inner !== null && typeof inner === 'object') return jsonLines(inner, kind, `${indent}  `, label, comma)
        return [memberLine(name, inner, `${indent}  ${label}`, comma, kind)]
      }),
      plain(`${indent}}${after}`),
    ]
  }
  return [{ kind: 'json', before: `${indent}${before}`, value: splitReferences(JSON.stringify(value) ?? ''), after }]
}

function memberLine(name: string, value: unknown, before: string, after: string, kind: MessageKind): WireLine {
  const isFollowed = FOLLOWED.has(name) && typeof value === 'string'
  return {
    kind: 'json',
    before: isFollowed ? `${before}"` : before,
    value: isFollowed ? [followed(String(value))] : splitReferences(JSON.stringify(value)),
    after: isFollowed ? `"${after}` : after,
    name,
    ...(kind === 'token response' || kind === 'other' ? explainParameter(name, kind) : undefined),
  }
}

function plain(text: string): WireLine {
  return { kind: 'json', before: text, value: [], after: '' }
}

function remarkOn(message: ReportedMessage): string | undefined {
  if (message.cut) return `The body has ${message.bodyBytes} bytes. The Lab keeps the first 64 kB.`
  if (message.body !== undefined || message.bodyBytes === 0) return undefined
  const type = (headerOf(message, 'content-type') ?? 'unknown type').split(';', 1)[0]
  return type === 'text/html'
    ? `A page of ${message.bodyBytes} bytes follows. The Lab does not keep pages: you have seen it.`
    : `A body of ${message.bodyBytes} bytes (${type}) follows. The Lab keeps only forms and JSON.`
}

/** The ids of all values in a message, with those that are related: a verifier and its challenge, a token and its `jti`. */
export function valueIdsIn(message: Message, related: (id: string) => string[]): string[] {
  const wires = [requestWire(message), responseWire(message)]
  const parts = wires.flatMap(wire =>
    wire ? [wire.start, ...wire.lines, ...wire.plumbing].flatMap(line => line.value) : [],
  )
  const ids = parts.flatMap(part =>
    typeof part === 'string' ? [] : 'valueId' in part ? [part.valueId, ...related(part.valueId)] : [part.followId],
  )
  return [...new Set(ids)]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** `content-type` → `Content-Type`, `www-authenticate` → `WWW-Authenticate`, `etag` → `ETag` */
function properName(name: string): string {
  if (name === 'etag') return 'ETag'
  return name
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
    .replace('Www', 'WWW')
}
