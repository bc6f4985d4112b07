/** A run as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), with a few members of our own, which begin with `_`. */
import { STATUS_CODES } from 'node:http'
import type { ReportedMessage } from '@glasshouse/shared/lab/exchange'
import type { Cookie, Entry, Har, Header, PostData, Request, Response } from 'har-format'
import { inPlace, type Message, originOf } from '../capture/messages'
import { headerOf } from '../capture/read-message'
import type { CheckResult } from '../checks/results'

export interface HarOptions {
  addresses: Parameters<typeof originOf>[1]
  /** Fills in the references to secret values. @param encode how a value is written at this place */
  text: (text: string, encode?: (value: string) => string) => string
  checks: (message: Message) => CheckResult[]
}

/** What HAR does not know: who spoke to whom, at which step of the flow, and what the receiver checked. */
type LabEntry = Entry & Record<`_${string}`, unknown>

export function harOf(messages: Message[], options: HarOptions): Har {
  const ordered = inPlace(messages)
  return {
    log: {
      version: '1.2',
      creator: { name: 'Glasshouse Lab', version: '1' },
      pages: [],
      entries: ordered.map(message => entryOf(message, options)),
    },
  }
}

function entryOf(message: Message, options: HarOptions): LabEntry {
  return {
    startedDateTime: new Date(message.startedAt).toISOString(),
    time: message.durationMs,
    request: requestOf(message, options),
    response: responseOf(message, options),
    cache: {},
    timings: { send: 0, wait: message.durationMs, receive: 0 },
    _id: message.id,
    ...(message.number !== undefined && { _number: message.number }),
    _from: message.from,
    _to: message.to,
    _channel: message.channel,
    _step: message.steps.request ?? message.steps.response,
    _responseStep: message.steps.response,
    _kind: message.kind,
    _checks: options.checks(message).map(({ name, result }) => ({ name, result })),
    ...(message.refusal && { _refused: message.refusal.refused }),
  }
}

function requestOf({ request, to }: Message, { addresses, text }: HarOptions): Request {
  const target = text(request.target, encodeURIComponent).replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  // Not `new URL(target, origin)`: a target that begins with // would name another host.
  const url = new URL(originOf(to, addresses) + (target.startsWith('/') ? target : `/${target}`))
  return {
    method: request.method,
    url: url.href,
    httpVersion: 'HTTP/1.1',
    cookies: cookiesIn(text(headerOf(request, 'cookie') ?? '')),
    headers: headersIn(request, text),
    queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
    ...(request.body !== undefined && { postData: postDataOf(request, text) }),
    headersSize: -1,
    bodySize: request.bodyBytes,
  }
}

/** Without an answer, the status is 0, as browsers write it. */
function responseOf({ response }: Message, { text }: HarOptions): Response {
  return {
    status: response?.status ?? 0,
    statusText: STATUS_CODES[response?.status ?? 0] ?? '',
    httpVersion: 'HTTP/1.1',
    cookies: response ? setCookiesIn(response, text) : [],
    headers: response ? headersIn(response, text) : [],
    content: {
      size: response?.bodyBytes ?? 0,
      mimeType: (response && headerOf(response, 'content-type')) ?? '',
      ...(response?.body !== undefined && { text: text(response.body, escapeInJson) }),
      ...(response?.cut && { comment: 'cut after 64 kB' }),
    },
    redirectURL: text((response && headerOf(response, 'location')) ?? '', encodeURIComponent),
    headersSize: -1,
    bodySize: response?.bodyBytes ?? -1,
  }
}

function headersIn({ headers }: ReportedMessage, text: HarOptions['text']): Header[] {
  return headers.map(([name, value]) => ({
    name,
    value: text(value, name === 'location' || name === 'referer' ? encodeURIComponent : undefined),
  }))
}

/** HAR has either `text` or `params`. */
function postDataOf(request: ReportedMessage, text: HarOptions['text']): PostData {
  const mimeType = headerOf(request, 'content-type') ?? ''
  const encode = /json/i.test(mimeType) ? escapeInJson : encodeURIComponent
  return { mimeType, text: text(request.body ?? '', encode) }
}

function escapeInJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function cookiesIn(header: string): Cookie[] {
  return header.split(/;\s*/).filter(Boolean).map(cookieOf)
}

function setCookiesIn({ headers }: ReportedMessage, text: HarOptions['text']): Cookie[] {
  return headers.flatMap(([name, value]) =>
    name === 'set-cookie' ? [cookieOf(text(value.split(';', 1)[0] ?? ''))] : [],
  )
}

function cookieOf(pair: string): Cookie {
  const at = pair.indexOf('=')
  return { name: pair.slice(0, at), value: pair.slice(at + 1) }
}
