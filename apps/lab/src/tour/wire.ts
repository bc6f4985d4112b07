/** A message as lines, as it was sent, with a note beside those that matter. */
import type { ReportedMessage } from '@glasshouse/shared/lab/exchange'
import { show } from '../capture/masking'
import type { Message } from '../capture/messages'
import { headerOf } from '../capture/read-message'
import { splitReferences } from '../capture/references'
import type { ValueVault } from '../capture/value-vault'

export interface WirePart {
  text: string
  /** Still opens something: only its last characters are shown. */
  live?: boolean
}

export interface WireLine {
  /** A parameter, a header in lower case, a member of JSON, or `start`. */
  name: string
  indent: 0 | 1
  parts: WirePart[]
  note?: string | undefined
}

export interface WireMessage {
  lines: WireLine[]
  /** Header lines that say nothing about OAuth. */
  folded: WireLine[]
}

export interface Reader {
  values: ValueVault
  /** Milliseconds since the epoch. */
  now: number
}

/** Always shown. Other headers are shown only when they have a note. */
const TELLING = ['host', 'authorization', 'content-type', 'location', 'www-authenticate']

type Notes = Record<string, string>
type RawLine = Omit<WireLine, 'parts' | 'note'> & { text: string }

export function requestLines({ request }: Message, notes: Notes, reader: Reader): WireMessage {
  const [path = '', ...query] = request.target.split(/\?|&/)
  const start = [{ name: 'start', indent: 0 as const, text: `${request.method} ${path}` }, ...parameters(query, '?')]
  return wireOf(start, request, notes, reader)
}

export function responseLines({ response }: Message, notes: Notes, reader: Reader): WireMessage {
  if (!response) return { lines: [], folded: [] }
  const start = { name: 'start', indent: 0 as const, text: `${response.status} ${REASONS[response.status] ?? ''}` }
  return wireOf([start], response, notes, reader)
}

const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  302: 'Found',
  303: 'See Other',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
}

function wireOf(start: RawLine[], message: ReportedMessage, notes: Notes, reader: Reader): WireMessage {
  const headers = message.headers.map(([name, value]) => headerLines(name, value))
  const isTelling = ([line]: RawLine[]) => line && (TELLING.includes(line.name) || line.name in notes)
  const read = ({ text, ...line }: RawLine): WireLine => ({
    ...line,
    parts: readParts(text, reader),
    note: notes[line.name],
  })
  return {
    lines: [...start, ...headers.filter(isTelling).flat(), ...withGap(bodyLines(message))].map(read),
    folded: headers.filter(lines => !isTelling(lines)).flatMap(lines => lines.map(read)),
  }
}

/** As their specifications write them. Others begin each word with a capital letter. */
const SPELLINGS: Record<string, string> = { 'www-authenticate': 'WWW-Authenticate', etag: 'ETag' }

function headerLines(name: string, value: string): RawLine[] {
  const shown = SPELLINGS[name] ?? name.replace(/(?:^|-)[a-z]/g, letter => letter.toUpperCase())
  if (name !== 'location') return [{ name, indent: 0, text: `${shown}: ${value}` }]
  const [address = '', ...query] = value.split(/\?|&/)
  return [{ name, indent: 0, text: `${shown}: ${address}` }, ...parameters(query, '?')]
}

/** @param first the sign before the first parameter; the others follow an ampersand */
function parameters(pairs: string[], first: string): RawLine[] {
  return pairs.map((pair, index) => ({
    name: decodeURIComponentSafely(pair.split('=', 1)[0] ?? ''),
    indent: 1,
    text: `${index === 0 ? first : '&'}${pair}`,
  }))
}

/** An empty line ends the headers. */
function withGap(body: RawLine[]): RawLine[] {
  return body.length === 0 ? [] : [{ name: '', indent: 0, text: '' }, ...body]
}

function bodyLines(message: ReportedMessage): RawLine[] {
  const { body } = message
  if (body === undefined || body === '') return []
  if (!/json/i.test(headerOf(message, 'content-type') ?? '')) return parameters(body.split('&'), '')
  try {
    return jsonLines(JSON.parse(body))
  } catch {
    return [{ name: '', indent: 0, text: body.slice(0, 400) }]
  }
}

/** Only the members of the outermost object: the rest of a long answer would hide them. */
function jsonLines(value: unknown): RawLine[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return [{ name: '', indent: 0, text: inShort(value) }]
  }
  const members = Object.entries(value)
  const lines = members.map(([name, inner], index) => ({
    name,
    indent: 1 as const,
    text: `"${name}": ${inShort(inner)}${index < members.length - 1 ? ',' : ''}`,
  }))
  return [{ name: '', indent: 0, text: '{' }, ...lines, { name: '', indent: 0, text: '}' }]
}

function inShort(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.length} of them ]`
  return value !== null && typeof value === 'object' ? '{ … }' : JSON.stringify(value)
}

function readParts(text: string, { values, now }: Reader): WirePart[] {
  return splitReferences(text).map(part => {
    if (typeof part === 'string') return { text: part }
    const value = values.get(part.valueId)
    const shown = value ? show(value, now) : '…'
    return { text: shown, live: shown.startsWith('…') }
  })
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
