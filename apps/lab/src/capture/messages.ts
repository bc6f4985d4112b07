/** The messages of a run, as pages and exports show them: in the order of cause, with both ends merged. */
import type { Addresses } from '@glasshouse/shared/environment'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import type { ExchangeTable } from '../store/schema'
import { byCause, type Ordered } from './order'
import { type Ends, type Route, routeOf } from './parties'
import { headerOf, isHeldArrival } from './read-message'
import { type Kind, kindOf, type Steps, stepsOf } from './steps'

export interface Message extends Route {
  id: string
  /** 1, 2, 3 …, in the order of cause: first what is shown at first, then what is folded away. It changes as the run grows. */
  place: number
  /** 1, 2, 3 … of those that are shown at first. Once given, it stays (`run-reader.ts`). */
  number: number | undefined
  kind: Kind
  /** Shown at first. Assets, polls, discovery and pages that caused nothing are folded away. */
  shown: boolean
  /** 0 for what a browser or program sent, 1 for what that caused, and so on. */
  depth: number
  /** The message whose redirect led here. */
  after: string | undefined
  causedBy: string | null
  steps: Steps
  /** Milliseconds since the epoch, by the clock of the sender if it is one of ours. */
  startedAt: number
  durationMs: number
  /** Texts contain references to secret values (`references.ts`). */
  request: ReportedExchange['request']
  response: ReportedExchange['response']
  /** The check that refused it, in the words of the receiver's log. */
  refusal: ReportedExchange['refusal']
  /** Which of the two parties has reported it. */
  reportedBy: string[]
  /** Grows with every change, over all messages. */
  version: number
}

/** What an exchange says by itself: everything that does not depend on the other exchanges of its run. */
export type ReadExchange = Omit<Message, 'place' | 'number' | 'shown' | 'depth' | 'after'> & Ordered

/** @param run its exchanges, and the numbers that some of them have */
export function messagesOf(run: { exchanges: Map<string, ReadExchange>; numbers?: Map<string, number> }): Message[] {
  const placed = byCause([...run.exchanges.values()])
  const causes = new Set(placed.filter(({ exchange }) => isProtocol(exchange)).map(({ exchange }) => exchange.causedBy))
  // Each member by name: a spread takes much longer, and an open page asks for 2,000 messages at each one that arrives.
  const messages = placed.map(
    ({ exchange, depth, after }): Message => ({
      id: exchange.id,
      place: 0,
      number: run.numbers?.get(exchange.id),
      kind: exchange.kind,
      shown: isProtocol(exchange) || causes.has(exchange.id),
      depth,
      after,
      causedBy: exchange.causedBy,
      from: exchange.from,
      to: exchange.to,
      channel: exchange.channel,
      steps: exchange.steps,
      startedAt: exchange.startedAt,
      durationMs: exchange.durationMs,
      request: exchange.request,
      response: exchange.response,
      refusal: exchange.refusal,
      reportedBy: exchange.reportedBy,
      version: exchange.version,
    }),
  )
  const ordered = [...messages.filter(({ shown }) => shown), ...messages.filter(({ shown }) => !shown)]
  for (const [index, message] of ordered.entries()) message.place = index + 1
  return messages
}

/** As a list, and as an export: what is shown at first comes first. */
export function inPlace(messages: Message[]): Message[] {
  return messages.toSorted((a, b) => a.place - b.place)
}

function isProtocol({ kind }: { kind: Kind }): boolean {
  return kind === 'protocol'
}

/**
 * @param program see `routeOf`
 * @returns undefined for a row without either end
 */
export function readExchange(
  row: ExchangeTable,
  addresses: Addresses,
  program?: string | null,
): ReadExchange | undefined {
  const ends: Ends = {
    ...(row.client_end && { client: JSON.parse(row.client_end) as ReportedExchange }),
    ...(row.server_end && { server: JSON.parse(row.server_end) as ReportedExchange }),
  }
  // The server's end has what really arrived and was answered; the client's end knows when it began.
  const main = ends.server ?? ends.client
  if (!main) return undefined
  const timed = ends.client ?? main
  const route = routeOf(ends, addresses, program)
  const origin = originOf(route.to, addresses)
  const location = main.response && headerOf(main.response, 'location')
  return {
    ...route,
    id: row.id,
    kind: kindOf(main, route.to),
    causedBy: row.caused_by,
    steps: stepsOf(main, route.to),
    startedAt: timed.startedAt,
    durationMs: timed.durationMs,
    request: main.request,
    response: main.response ?? ends.client?.response,
    refusal: ends.server?.refusal,
    reportedBy: [ends.client?.service, ends.server?.service].filter(service => service !== undefined),
    version: Number(row.version),
    // A held arrival is no target of a redirect: the one that the client answers is.
    url: isHeldArrival(main) ? '' : absolute(main.request.target, origin),
    location: location === undefined ? undefined : absolute(location, origin),
  }
}

export function originOf(party: string, addresses: Addresses): string {
  return (
    {
      'client-app': addresses.clientAppUrl,
      'auth-server': addresses.authServerUrl,
      'calendar-api': addresses.calendarApiUrl,
    }[party] ?? ''
  )
}

function absolute(target: string, origin: string): string {
  return target.startsWith('/') ? `${origin}${target}` : target
}
