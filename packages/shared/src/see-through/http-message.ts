/** An HTTP message ready for a page: masked, with an explanation for each part. Plain data, so that it can be stored. */
import { STATUS_CODES } from 'node:http'
import { explainHeader, explainParameter, HEADERS, type MessageKind } from './explanations'
import { maskEncoded, maskHeader, maskParameter, maskSecrets, maskUrl } from './masking'
import type { SpecReference } from './spec'

export interface ExplainedParameter {
  name: string
  /** Masked if it is a secret. */
  value: string
  in: 'query' | 'body' | 'header'
  /** Not about OAuth: the same in any request on the web, or of this page alone. */
  plumbing: boolean
  meaning: string
  spec?: SpecReference
}

export interface HttpMessage {
  from: string
  to: string
  direction: 'request' | 'response'
  kind: MessageKind
  /** Under which the Lab finds this message. */
  spanId?: string
  /** E.g. `GET /authorize?…` or `HTTP/1.1 302 Found`. */
  startLine: string
  headers: [name: string, value: string][]
  body?: string
  bodyType?: 'form' | 'json'
  explained: ExplainedParameter[]
}

/** As Node gives them (an object with lower-case names), as axios does, or as `fetch` does. */
export type HeadersLike = Iterable<readonly [string, unknown]> | { [name: string]: unknown }

/** A form or a JSON object: as text, as `URLSearchParams`, or already parsed. */
export type BodyLike = string | URLSearchParams | object | undefined

export interface RequestDescription {
  from: string
  to: string
  spanId?: string
  method: string
  /** A path with its query, or an absolute URL, of which host and path are shown as HTTP would send them. */
  url: string
  headers?: HeadersLike
  body?: BodyLike
}

export interface ResponseDescription {
  from: string
  to: string
  spanId?: string
  status: number
  headers?: HeadersLike
  body?: BodyLike
  /** The kind of request that this answers, where the answer alone does not say: `'token'` or `'API'`. */
  answers?: 'token' | 'API'
}

/** @returns the request, masked and explained. Of a secret, the result has only the ending and the length. */
export function describeRequest(request: RequestDescription): HttpMessage {
  const { host, target } = splitUrl(request.url)
  const headers = readHeaders(request.headers)
  if (host && !headers.some(([name]) => name === 'host')) headers.unshift(['host', host])
  const queryPairs = readPairs(queryOf(target))
  const body = readBody(request.body, headers)
  const kind = requestKind(target, queryPairs, body?.pairs ?? [], headers)
  return {
    ...who(request),
    direction: 'request',
    kind,
    startLine: `${request.method.toUpperCase()} ${maskUrl(target)}`,
    headers: headers.map(([name, value]) => [properName(name), maskHeader(name, value)]),
    ...(body && { body: body.text, bodyType: body.type }),
    explained: [
      ...explainPairs(queryPairs, 'query', kind),
      ...explainPairs(body?.pairs ?? [], 'body', kind, body?.type === 'json'),
      ...explainHeaders(headers, kind),
    ],
  }
}

/** @returns the response, masked and explained. For a redirect, this includes the parameters in its `Location`. */
export function describeResponse(response: ResponseDescription): HttpMessage {
  const headers = readHeaders(response.headers)
  const body = readBody(response.body, headers)
  const location = headers.find(([name]) => name === 'location')?.[1]
  const carried = location ? readPairs(queryOf(location)) : []
  const kind = responseKind(response.answers, carried, body?.pairs ?? [])
  return {
    ...who(response),
    direction: 'response',
    kind,
    startLine: `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`.trimEnd(),
    headers: headers.map(([name, value]) => [properName(name), maskHeader(name, value)]),
    ...(body && { body: body.text, bodyType: body.type }),
    explained: [
      ...explainPairs(carried, 'query', kind),
      ...explainPairs(body?.pairs ?? [], 'body', kind, body?.type === 'json'),
      ...explainHeaders(headers, kind),
    ],
  }
}

type Pair = [name: string, value: string]

function who({ from, to, spanId }: { from: string; to: string; spanId?: string }) {
  return { from, to, ...(spanId !== undefined && { spanId }) }
}

/** What a request is about, without describing it. */
export function kindOfCall({ url, headers, body }: Pick<RequestDescription, 'url' | 'headers' | 'body'>): MessageKind {
  const { target } = splitUrl(url)
  const read = readHeaders(headers)
  return requestKind(target, readPairs(queryOf(target)), readBody(body, read)?.pairs ?? [], read)
}

function requestKind(target: string, query: Pair[], body: Pair[], headers: Pair[]): MessageKind {
  const has = (pairs: Pair[], name: string) => pairs.some(pair => pair[0] === name)
  const grantType = body.find(pair => pair[0] === 'grant_type')?.[1]
  if (grantType === 'refresh_token') return 'refresh request'
  if (grantType !== undefined) return 'token request'
  if (has(query, 'response_type') || has(body, 'response_type')) return 'authorization request'
  if (/^\/callback\b/.test(target) || (has(query, 'state') && (has(query, 'code') || has(query, 'error')))) {
    return 'authorization response'
  }
  if (has(body, 'token')) return 'revocation request'
  if (headers.some(([name, value]) => name === 'authorization' && /^bearer\b/i.test(value))) return 'API request'
  return 'other'
}

function responseKind(answers: ResponseDescription['answers'], carried: Pair[], body: Pair[]): MessageKind {
  const has = (pairs: Pair[], ...names: string[]) => pairs.some(pair => names.includes(pair[0]))
  if (has(carried, 'response_type')) return 'authorization request'
  if (has(carried, 'code', 'error')) return 'authorization response'
  if (answers === 'token' || has(body, 'access_token')) return 'token response'
  return answers === 'API' ? 'API response' : 'other'
}

function explainPairs(pairs: Pair[], where: 'query' | 'body', kind: MessageKind, onlyKnown = false) {
  return pairs.flatMap(([name, value]): ExplainedParameter[] => {
    const explanation = explainParameter(name, kind)
    if (!explanation && onlyKnown) return []
    const plumbing = explanation === undefined || name === '_csrf'
    return [
      {
        name,
        value: maskParameter(name, value),
        in: where,
        plumbing,
        ...(explanation ?? { meaning: 'Not part of OAuth: a parameter of this page or of the calendar API.' }),
      },
    ]
  })
}

function explainHeaders(headers: Pair[], kind: MessageKind): ExplainedParameter[] {
  return headers.flatMap(([name, value]): ExplainedParameter[] => {
    const explanation = explainHeader(name, value, kind)
    const plumbing = !TELLING_HEADERS.has(name)
    return explanation
      ? [{ name: properName(name), value: maskHeader(name, value), in: 'header', plumbing, ...explanation }]
      : []
  })
}

/** The headers that OAuth puts something into. All others are plumbing. */
const TELLING_HEADERS = new Set(['authorization', 'location', 'www-authenticate'])

/** Lower-case names, and only the headers that have an explanation: no other header is shown. */
function readHeaders(headers: HeadersLike | undefined): Pair[] {
  if (!headers) return []
  const entries = Symbol.iterator in headers ? [...(headers as Iterable<[string, unknown]>)] : Object.entries(headers)
  return entries.flatMap(([name, values]) => {
    const known = Object.hasOwn(HEADERS, name.toLowerCase())
    if (!known || values === undefined || values === null || typeof values === 'function') return []
    return [values].flat().map((value): Pair => [name.toLowerCase(), String(value)])
  })
}

interface Body {
  text: string
  type: 'form' | 'json'
  /** The form's fields, or the JSON object's members. */
  pairs: Pair[]
}

/** In characters. A list of events can be long, and its beginning is enough to understand it. */
const BODY_SHOWN = 2_000

function readBody(body: BodyLike, headers: Pair[]): Body | undefined {
  const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  const json = /[/+]json\b/i.test(contentType)
  const form = /^application\/x-www-form-urlencoded\b/i.test(contentType)
  if (body === undefined || body === null || body === '') return undefined
  if (body instanceof URLSearchParams) return formBody(body.toString())
  if (typeof body === 'object') {
    if (form && !Array.isArray(body)) return formBody(encodeForm(body))
    return isEmpty(body) && !json ? undefined : jsonBody(body)
  }
  if (form) return formBody(body)
  const parsed = json ? parseJson(body) : undefined
  if (parsed !== undefined) return jsonBody(parsed)
  // A body that cannot be parsed cannot be masked either.
  return {
    text: `(${body.length} characters of ${contentType || 'an unknown type'}, not shown)`,
    type: 'form',
    pairs: [],
  }
}

function formBody(text: string): Body {
  return { text: maskEncoded(text), type: 'form', pairs: readPairs(text) }
}

function jsonBody(value: unknown): Body {
  const text = JSON.stringify(maskSecrets(cutLists(value)), null, 2)
  const members = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : []
  return {
    text:
      text.length > BODY_SHOWN
        ? `${text.slice(0, BODY_SHOWN)}\n… and ${text.length - BODY_SHOWN} more characters`
        : text,
    type: 'json',
    pairs: members.flatMap(([name, inner]): Pair[] =>
      inner === null || typeof inner === 'object' ? [] : [[name, String(inner)]],
    ),
  }
}

/** The first of many alike is enough to understand them. */
function cutLists(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, cutLists(it)]))
  const [first, ...more] = value
  if (more.length === 0 || typeof first !== 'object') return value
  return [cutLists(first), `… and ${more.length} more like this`]
}

function encodeForm(fields: object): string {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) if (value !== undefined) form.append(name, String(value))
  }
  return form.toString()
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Splits a URL into what HTTP sends in its first line (path and query) and what it sends in a header (host). */
function splitUrl(url: string): { host: string | undefined; target: string } {
  const [, host, rest] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)(.*)$/is.exec(url) ?? []
  if (host === undefined) return { host: undefined, target: url }
  return { host, target: rest?.startsWith('/') ? rest : `/${rest ?? ''}` }
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : (url.slice(start + 1).split('#')[0] ?? '')
}

function readPairs(encoded: string): Pair[] {
  return [...new URLSearchParams(encoded)]
}

/** `content-type` → `Content-Type`, `www-authenticate` → `WWW-Authenticate`, `etag` → `ETag` */
function properName(name: string): string {
  if (name === 'etag') return 'ETag'
  return name
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
    .replace('Www', 'WWW')
}
