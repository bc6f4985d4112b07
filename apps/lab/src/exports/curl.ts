/** A captured request as a curl command that runs when it is pasted. Nothing that still opens something is in it. */
import type { Addresses } from '@glasshouse/shared/environment'
import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { type Message, originOf } from '../capture/messages'
import { headerOf } from '../capture/read-message'
import { type ShellPart, shellWord } from './shell-words'
import { type Encode, secretVariable, shellParts, type WriteValue } from './variables'

/** Headers that change the answer. curl sets the others itself, and `traceparent` would tie the new request to the old run. */
const KEPT_HEADERS: Record<string, string> = {
  accept: 'Accept',
  'content-type': 'Content-Type',
  'if-match': 'If-Match',
  'if-none-match': 'If-None-Match',
  origin: 'Origin',
  'access-control-request-method': 'Access-Control-Request-Method',
  'access-control-request-headers': 'Access-Control-Request-Headers',
  'mcp-protocol-version': 'MCP-Protocol-Version',
}

const FORM = /^application\/x-www-form-urlencoded\b/i

export interface CurlRequest {
  /** The command's words after `curl`, one group for each line. */
  lines: string[]
  /** The variables that have to be set. */
  variables: string[]
  /** Missing if a part of it is masked. */
  url: string | undefined
}

/** @param write how a secret value is written */
export function curlRequest(message: Message, addresses: Addresses, write: WriteValue): CurlRequest {
  const { request } = message
  const variables = new Set<string>()
  const word = (parts: ShellPart[]) => {
    for (const part of parts) if (typeof part !== 'string') variables.add(part.variable)
    return shellWord(parts)
  }
  const parts = (text: string, encode: Encode) => shellParts(text, message, write, encode)

  const data = bodyOptions(message, parts, word)
  const method = methodOption(request.method, data.length > 0)
  const url = [originOf(message.to, addresses), ...parts(pathAndQuery(request.target), encodeURIComponent)]
  const plainUrl = url.filter(part => typeof part === 'string').join('')
  // curl would read [1-3] and {a,b} in a URL as a pattern, and take out /../
  const asIs = [/[[\]{}]/.test(plainUrl) && '-g', /\/\.\.?(?:[/?]|$)/.test(plainUrl) && '--path-as-is']
  const first = [...method, ...asIs, word(url)].filter(Boolean).join(' ')
  const lines = [first, ...headerOptions(message, parts, word), ...data]
  const isWhole = url.every(part => typeof part === 'string')
  return { lines, variables: [...variables], url: isWhole ? plainUrl : undefined }
}

type Parts = (text: string, encode: Encode) => ShellPart[]
type Word = (parts: ShellPart[]) => string

function methodOption(method: string, hasData: boolean): string[] {
  if (method === 'HEAD') return ['-I']
  return method === (hasData ? 'POST' : 'GET') ? [] : ['-X', method]
}

/** A program may send an absolute target, but the request arrived here. */
function pathAndQuery(target: string): string {
  const path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/s, '')
  const text = path.startsWith('/') ? path : `/${path}`
  // Bytes that no URL should have. A reference to a value stays as it is.
  return text.replace(/[^\x21-\x7e\uE000\uE001]/gu, character =>
    [...Buffer.from(character)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

function headerOptions(message: Message, parts: Parts, word: Word): string[] {
  return message.request.headers.flatMap(([name, value]) => {
    if (name === 'authorization') return [authorizationOption(message, value, parts, word)]
    const proper = KEPT_HEADERS[name]
    if (!proper || value === '' || value === '*/*' || /[^\t\x20-\x7e]/.test(value)) return []
    if (name === 'content-type' && FORM.test(value)) return [] // curl's own choice for -d
    return [`-H ${word(parts(`${proper}: ${value}`, asItIs))}`]
  })
}

/** RFC 7617: curl's -u encodes the client's id and its secret. */
function authorizationOption(message: Message, value: string, parts: Parts, word: Word): string {
  const [, user] = /^basic\s+(.*):\(never-recorded\)$/is.exec(value) ?? []
  if (user !== undefined) return `-u ${word([`${user}:`, { variable: secretVariable(message) }])}`
  if (value === NEVER_RECORDED) return `-H ${word(['Authorization: ', { variable: 'AUTHORIZATION' }])}`
  return `-H ${word(parts(`Authorization: ${value}`, asItIs))}`
}

/** A form has one line for each field: curl joins them with `&`. */
function bodyOptions({ request }: Message, parts: Parts, word: Word): string[] {
  const { body } = request
  if (body === undefined || body === '') return []
  if (!FORM.test(headerOf(request, 'content-type') ?? '')) {
    return [`--data-raw ${word(parts(harmlessJson(body), escapeInJson))}`]
  }
  return body.split('&').map(pair => {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    const value = parts(pair, encodeURIComponent).filter(part => part !== '')
    const isVariable = value.length === 2 && value[0] === `${name}=` && typeof value[1] === 'object'
    // The variable's value is not encoded yet.
    return isVariable && at > 0 ? `--data-urlencode ${word(value)}` : `--data-raw ${word(value)}`
  })
}

const asItIs: Encode = value => value

function escapeInJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

/** The same JSON without characters that a terminal could act on, or that change the order of what is read. */
function harmlessJson(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
