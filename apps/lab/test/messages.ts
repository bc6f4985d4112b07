/** Messages as the Lab shows them, for tests. */
import type { Message } from '../src/capture/messages'

export interface MessageParts {
  to: Message['to']
  method?: string
  target: string
  headers?: [name: string, value: string][]
  /** A form. */
  form?: Record<string, string>
  status?: number
  location?: string
  /** Cookies that the answer sets. */
  sets?: string[]
  refusal?: Message['refusal']
}

const FORM: [string, string] = ['content-type', 'application/x-www-form-urlencoded']

export function message({ to, target, form, status = 200, ...more }: MessageParts): Message {
  const headers = [...(more.headers ?? []), ...(form ? [FORM] : [])]
  const answered: [string, string][] = [
    ...(more.location ? [['location', more.location] as [string, string]] : []),
    ...(more.sets ?? []).map((cookie): [string, string] => ['set-cookie', cookie]),
  ]
  return {
    id: '0123456789abcdef',
    number: 1,
    place: 1,
    kind: 'protocol',
    shown: true,
    depth: 0,
    after: undefined,
    causedBy: null,
    from: 'browser',
    to,
    channel: 'front',
    steps: { request: null, response: null },
    startedAt: 0,
    durationMs: 1,
    request: {
      method: more.method ?? (form ? 'POST' : 'GET'),
      target,
      headers,
      bodyBytes: 0,
      ...(form && { body: new URLSearchParams(form).toString() }),
    },
    response: { status, headers: answered, bodyBytes: 0 },
    refusal: more.refusal,
    reportedBy: [to],
    version: 1,
  }
}
