/**
 * The calls that a service makes to others while it answers a request, noted for the strip on its page. In demo mode only:
 * outside of `noteCalls` nothing is noted.
 */
import type { ServerResponse } from 'node:http'
import { DuringResponse } from '../during-response'
import type { MessageKind } from './explanations'
import { describeRequest, describeResponse, type HttpMessage, kindOfCall } from './http-message'

/** One call. Those beyond `DESCRIBED` have no messages: what matters about them is how many they are. */
export interface NotedCall {
  kind: MessageKind
  method: string
  /** Undefined: no answer came. */
  status: number | undefined
  messages: HttpMessage[]
}

/** For `describe…`: the party at this origin. */
export type NameOf = (origin: string) => string

interface Notes {
  calls: NotedCall[]
  self: string
  nameOf: NameOf
}

interface Call {
  method: string
  url: string
  headers: Record<string, string>
  body?: string
}

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** How many calls of one request are described in full. A whole trip may take 200. */
const DESCRIBED = 12

const notes = new DuringResponse<Notes>()

/** Runs `act`, and adds the calls that it makes for this response to `calls`. @param self the service that makes them */
export function noteCalls(
  response: ServerResponse,
  calls: NotedCall[],
  self: string,
  nameOf: NameOf,
  act: () => void,
): void {
  notes.run(response, { calls, self, nameOf }, act)
}

/**
 * Notes a call and its answer.
 * @param spanId under which the Lab finds the call
 * @throws what `send` throws
 */
export async function noteCall<T extends Answer>(
  call: Call,
  send: () => Promise<T>,
  spanId: string | undefined,
): Promise<T> {
  const noted = notes.current
  if (!noted) return send()
  let answer: T | undefined
  try {
    answer = await send()
    return answer
  } finally {
    try {
      noted.calls.push(describe(noted, call, answer, spanId))
    } catch {
      // What cannot be described, such as JSON nested too deeply, is not shown. The call itself goes on.
    }
  }
}

function describe(
  { calls, self, nameOf }: Notes,
  call: Call,
  answer: Answer | undefined,
  spanId: string | undefined,
): NotedCall {
  const kind = kindOfCall(call)
  const noted = { kind, method: call.method, status: answer?.status, messages: [] }
  if (calls.length >= DESCRIBED) return noted
  const other = nameOf(new URL(call.url).origin)
  const inTheLab = spanId === undefined ? {} : { spanId }
  const request = describeRequest({ from: self, to: other, ...inTheLab, ...call })
  if (!answer) return { ...noted, messages: [request] }
  const answers = kind === 'API request' ? 'API' : 'token'
  const response = describeResponse({
    from: other,
    to: self,
    ...inTheLab,
    ...answer,
    ...(isOAuth(kind) && { answers }),
  })
  return { ...noted, messages: [request, response] }
}

function isOAuth(kind: MessageKind): boolean {
  return kind === 'API request' || kind === 'token request' || kind === 'refresh request'
}
