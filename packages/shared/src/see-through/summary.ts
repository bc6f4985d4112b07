/** What just happened, in sentences, and which of the seven steps it was: read from the messages alone. */
import type { NotedCall } from './calls'
import type { HttpMessage } from './http-message'
import type { StepNumber } from './steps'

/** A request that a browser sent to us, our answer to it, and the calls that we made in between. */
export interface SeenExchange {
  received: HttpMessage
  /** Of our answer. */
  status: number
  calls: NotedCall[]
}

export interface Summary {
  steps: StepNumber[]
  /** In the order they happened. */
  sentences: string[]
  /** The sentence that matters most, for a bar with room for one. */
  headline: string | undefined
}

/** A sentence, and its rank for the headline: 1 comes first. */
type Told = [rank: number, sentence: string]

/** @param self the name of the party whose page this is */
export function summarise(exchanges: SeenExchange[], self: string): Summary {
  const calls = exchanges.flatMap(exchange => exchange.calls)
  const told = [...exchanges.flatMap(exchange => tellReceived(exchange, self)), ...tellCalls(calls, self)]
  const steps = new Set([
    ...exchanges.flatMap(({ received }) => stepsOfReceived(received)),
    ...calls.flatMap(stepsOfCall),
  ])
  const [first] = told.toSorted(([one], [other]) => one - other)
  return { steps: [...steps].sort(), sentences: told.map(([, sentence]) => sentence), headline: first?.[1] }
}

function stepsOfReceived({ kind }: HttpMessage): StepNumber[] {
  if (kind === 'authorization request') return [1]
  return kind === 'authorization response' ? [3] : []
}

function stepsOfCall({ kind, status }: NotedCall): StepNumber[] {
  if (kind === 'token request') return status === undefined ? [4] : [4, 5]
  if (kind === 'API request') return [6]
  return kind === 'refresh request' ? [7] : []
}

function tellReceived({ received, status, calls }: SeenExchange, self: string): Told[] {
  const has = (name: string, value?: string) =>
    received.explained.some(part => part.name === name && (value === undefined || part.value === value))
  if (received.kind === 'authorization response') {
    // A request with prompt=none asks whether someone is signed in, without a page.
    if (has('error', 'login_required')) return [[4, 'The authorization server answered that nobody is signed in.']]
    if (has('error', 'access_denied')) return [[4, 'Your browser brought back your answer: no access.']]
    if (status >= 400 && calls.every(call => call.kind === 'other')) {
      return [[4, `Your browser brought an answer. ${self} refused it and asked for no token.`]]
    }
    return [[4, `Your browser brought back ${has('error') ? 'an error' : 'a code'} from the authorization server.`]]
  }
  if (has('password') && status < 400) return [[4, `You signed in. Only ${self} saw your password.`]]
  return []
}

function tellCalls(calls: NotedCall[], self: string): Told[] {
  return [
    ...count(calls, isKind('token request', accepted), n => [
      2,
      `${self} exchanged the code for tokens: ${requests(n)}, sent directly and not through your browser.`,
    ]),
    ...count(calls, isKind('token request', refused), () => [2, 'The authorization server refused the code.']),
    ...count(calls, isKind('refresh request', accepted), n => [
      3,
      `The access token had expired. ${self} exchanged the refresh token for a new one: ${requests(n)}.`,
    ]),
    ...count(calls, isKind('refresh request', refused), () => [
      2,
      'The authorization server refused the refresh token.',
    ]),
    ...count(calls, isKind('revocation request', accepted), n => [
      1,
      `${self} gave back ${n === 1 ? 'a token' : `${n} tokens`}, and the authorization server revoked ${n === 1 ? 'it' : 'them'}: ${requests(n)}.`,
    ]),
    ...tellChanges(calls, 'POST', 'added'),
    ...tellChanges(calls, 'PATCH', 'changed'),
    ...tellChanges(calls, 'DELETE', 'deleted'),
    ...count(calls, inCalendar('GET', accepted), n => [5, `Events were read: ${requests(n)}.`]),
    ...count(
      calls,
      isKind('API request', ({ status }) => status === 401),
      n => [3, `The calendar refused the access token: ${requests(n)}.`],
    ),
    ...count(
      calls,
      isKind('API request', call => refused(call) && call.status !== 401),
      n => [1, `The calendar refused ${requests(n)}.`],
    ),
    ...count(
      calls,
      ({ kind, status }) => kind !== 'other' && (status === undefined || status >= 500),
      n => [1, `No useful answer came to ${requests(n)}.`],
    ),
  ]
}

function tellChanges(calls: NotedCall[], method: string, done: string): Told[] {
  return count(calls, inCalendar(method, accepted), n => [1, `${things(n, 'event')} ${done}: ${requests(n)}.`])
}

type Test = (call: NotedCall) => boolean

function count(calls: NotedCall[], test: Test, tell: (n: number) => Told): Told[] {
  const n = calls.filter(test).length
  return n > 0 ? [tell(n)] : []
}

const accepted: Test = ({ status = 0 }) => status >= 200 && status < 300
const refused: Test = ({ status = 0 }) => status >= 400 && status < 500

function isKind(kind: NotedCall['kind'], test: Test): Test {
  return call => call.kind === kind && test(call)
}

function inCalendar(method: string, test: Test): Test {
  return isKind('API request', call => call.method === method && test(call))
}

const requests = (n: number) => (n === 1 ? '1 request' : `${n} requests`)
const things = (n: number, what: string) => (n === 1 ? `1 ${what} was` : `${n} ${what}s were`)
