/** A run as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), with a few members of our own, which begin with `_`. */
import type { ReportedMessage } from '@glasshouse/shared/lab/exchange'
import { type Message, originOf } from '../capture/messages'
import { headerOf, parseBody } from '../capture/read-message'
import type { CheckResult } from '../checks/results'

export interface HarOptions {
  addresses: Parameters<typeof originOf>[1]
  /** Fills in the references to secret values. */
  text: (text: string) => string
  checks: (message: Message) => CheckResult[]
}

export function harOf(messages: Message[], options: HarOptions): object {
  const ordered = messages.toSorted((a, b) => a.number - b.number)
  return {
    log: {
      version: '1.2',
      creator: { name: 'Glasshouse Lab', version: '1' },
      pages: [],
      entries: ordered.map(message => entryOf(message, options)),
    },
  }
}

function entryOf(message: Message, { addresses, text, checks }: HarOptions): object {
  const { request, response } = message
  const url = new URL(text(request.target), originOf(message.to, addresses))
  return {
    startedDateTime: new Date(message.startedAt).toISOString(),
    time: message.durationMs,
    request: {
      method: request.method,
      url: url.href,
      httpVersion: 'HTTP/1.1',
      cookies: cookiesIn(text(headerOf(request, 'cookie') ?? '')),
      headers: headersIn(request, text),
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      ...(request.body !== undefined && { postData: postDataOf(request, text) }),
      headersSize: -1,
      bodySize: request.bodyBytes,
    },
    response: {
      status: response?.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: response ? headersIn(response, text) : [],
      content: {
        size: response?.bodyBytes ?? 0,
        mimeType: (response && headerOf(response, 'content-type')) ?? '',
        ...(response?.body !== undefined && { text: text(response.body) }),
        ...(response?.cut && { comment: 'cut after 64 kB' }),
      },
      redirectURL: text((response && headerOf(response, 'location')) ?? ''),
      headersSize: -1,
      bodySize: response?.bodyBytes ?? -1,
    },
    cache: {},
    timings: { send: 0, wait: message.durationMs, receive: 0 },
    _id: message.id,
    _number: message.number,
    _from: message.from,
    _to: message.to,
    _channel: message.channel,
    _step: message.steps.request ?? message.steps.response,
    _responseStep: message.steps.response,
    _kind: message.kind,
    _checks: checks(message).map(({ name, result }) => ({ name, result })),
    ...(message.refusal && { _refused: message.refusal.refused }),
  }
}

function headersIn({ headers }: ReportedMessage, text: (text: string) => string) {
  return headers.map(([name, value]) => ({ name, value: text(value) }))
}

function postDataOf(request: ReportedMessage, text: (text: string) => string) {
  const mimeType = headerOf(request, 'content-type') ?? ''
  const isForm = /x-www-form-urlencoded/i.test(mimeType)
  const params = isForm
    ? Object.entries(parseBody(request)).map(([name, value]) => ({ name, value: text(String(value)) }))
    : []
  return { mimeType, text: text(request.body ?? ''), params }
}

function cookiesIn(header: string) {
  return header
    .split(/;\s*/)
    .filter(Boolean)
    .map(pair => {
      const at = pair.indexOf('=')
      return { name: pair.slice(0, at), value: pair.slice(at + 1) }
    })
}
