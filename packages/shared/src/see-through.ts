/**
 * See-through: in demo mode, pages of the flow say which of the seven steps just happened and show its HTTP messages. It
 * takes one middleware (here) and one include (in `views/shared/foot.ejs`); without them, pages lack only the strip. What
 * the strip says is read from the messages, so that it says nothing that was not sent.
 */
import type { NextFunction, Request, Response } from 'express'
import { readRunCookie } from './lab/run-cookie'
import { type CurrentExchange, exchanges } from './lab/trace'
import type { Party } from './pages'
import { type NameOf, type NotedCall, noteCalls } from './see-through/calls'
import { describeRequest, type HttpMessage } from './see-through/http-message'
import { Redirects } from './see-through/redirects'
import { STEPS, type Step, type StepNumber, stepNamed } from './see-through/steps'
import { type SeenExchange, type Summary, summarise } from './see-through/summary'

export {
  describeRequest,
  describeResponse,
  type ExplainedParameter,
  type HttpMessage,
} from './see-through/http-message'
export { maskSecrets } from './see-through/masking'
export { STEPS, type Step, type StepNumber } from './see-through/steps'

/** The sender's name in a message that came from the browser. */
export const BROWSER = 'Your browser'

/** The cookie with which a browser remembers that the strip is open. `glasshouse.js` sets it; it crosses the ports. */
const OPEN = /(?:^|;\s*)glasshouse\.strip=open(?:;|$)/

/**
 * Gives views `seeThrough`, in demo mode only. The message is read when the page is rendered, so body parsers and
 * sessions may be mounted before or after this. Mount it early, so that error pages have a strip too.
 * @param options `makesCalls`: whether the service calls others while it answers, which the strip then shows too
 */
export function seeThrough(options: { party: Party; demo: boolean; makesCalls?: boolean }) {
  const redirects = new Redirects()
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!options.demo) {
      next()
      return
    }
    const browser = readRunCookie(request.headers.cookie)
    const earlier = browser && request.method === 'GET' ? redirects.take(browser, request.originalUrl) : []
    const seen = new Seen(options.party, request, response, earlier)
    response.locals.seeThrough = seen
    keepIfRedirected(redirects, seen, response, exchanges.current)
    if (options.makesCalls) noteCalls(response, seen.calls, options.party.name, nameOf(request), next)
    else next()
  }
}

/**
 * Says which of the seven steps the page about to be rendered belongs to, where its messages alone do not.
 * @param note a sentence about what happens here
 */
export function showStep(response: Response, step: StepNumber, note?: string): void {
  const seen = seenIn(response)
  if (!seen) return
  seen.ownStep = step
  seen.note = note
}

/** For a page outside the seven steps. @param note a sentence about what happens here */
export function showNote(response: Response, note: string): void {
  const seen = seenIn(response)
  if (seen) seen.note = note
}

/** For a page that refuses a parameter. @param meaning says why, in place of what the parameter usually means */
export function showRefused(response: Response, parameter: string, meaning: string): void {
  seenIn(response)?.refused.set(parameter, meaning)
}

/** Adds a message that came before the request just received, e.g. the authorization request on the sign-in page. */
export function showMessage(response: Response, message: HttpMessage): void {
  seenIn(response)?.before.push(message)
}

/** What `views/shared/strip.ejs` shows. Read while the page is rendered, when all has happened. */
class Seen {
  readonly steps = STEPS
  /** The step that the page names itself. */
  ownStep: StepNumber | undefined
  note: string | undefined
  readonly calls: NotedCall[] = []
  readonly before: HttpMessage[] = []
  readonly refused = new Map<string, string>()
  /** Under which the Lab finds this exchange. Undefined if nothing is reported to it. */
  readonly spanId = exchanges.current?.spanId
  /** Whether the browser remembers the strip as open. */
  readonly wasOpen: boolean
  /** This request, once an answer is written: its body has been read by then. */
  private received: HttpMessage | undefined

  constructor(
    readonly party: Party,
    private readonly request: Request,
    private readonly response: Response,
    private readonly earlier: SeenExchange[],
  ) {
    this.wasOpen = OPEN.test(request.headers.cookie ?? '')
  }

  /** What led here by redirects, and this request. */
  get exchanges(): SeenExchange[] {
    this.received ??= describeReceived(this.request, this.party.name, this.spanId)
    return [...this.earlier, { received: this.received, status: this.response.statusCode, calls: this.calls }]
  }

  get summary(): Summary {
    return summarise(this.exchanges, this.party.name)
  }

  /** The steps that happened, the page's own alone if it names one. */
  get happened(): Step[] {
    return (this.ownStep ? [this.ownStep] : this.summary.steps).map(stepNamed)
  }

  /** Whether there is anything to say: whether this page is part of the flow. */
  get speaks(): boolean {
    return this.note !== undefined || this.happened.length > 0 || this.summary.sentences.length > 0
  }

  /** In the order they were sent: those about OAuth, and the rest. */
  get shown(): { telling: ShownCall[]; rest: ShownCall[] } {
    const own = this.exchanges.flatMap(({ received, calls }) => [alone(received), ...firstOfEach(calls)])
    const known = new Set(own.map(({ messages }) => messages[0]?.startLine))
    const before = this.before.filter(({ startLine }) => !known.has(startLine))
    const all = [...before.map(alone), ...own].map(call => ({ ...call, messages: call.messages.map(this.corrected) }))
    return { telling: all.filter(isTelling), rest: all.filter(call => !isTelling(call)) }
  }

  private readonly corrected = (message: HttpMessage): HttpMessage => ({
    ...message,
    explained: message.explained.map(part => ({ ...part, meaning: this.refused.get(part.name) ?? part.meaning })),
  })
}

/** A request, with its answer if we were the sender. */
interface ShownCall {
  messages: HttpMessage[]
  /** How many more were like this one. */
  more: number
}

const alone = (message: HttpMessage): ShownCall => ({ messages: [message], more: 0 })

/** The first of several calls that are alike. */
function firstOfEach(calls: NotedCall[]): ShownCall[] {
  const firsts = new Map<string, ShownCall>()
  for (const { kind, method, status, messages } of calls) {
    const key = `${kind} ${method} ${status}`
    const first = firsts.get(key)
    if (first) first.more += 1
    else if (messages.length > 0) firsts.set(key, { messages, more: 0 })
  }
  return [...firsts.values()]
}

/** About OAuth: one of its messages, or a form of the sign-in and consent pages, which OAuth leaves to the server. */
function isTelling({ messages: [message] }: ShownCall): boolean {
  if (!message) return false
  return message.kind !== 'other' || message.explained.some(({ name }) => name === 'password' || name === 'decision')
}

function keepIfRedirected(
  redirects: Redirects,
  seen: Seen,
  response: Response,
  exchange: CurrentExchange | undefined,
): void {
  const { writeHead } = response
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const done = writeHead.apply(response, args)
    const target = ownTarget(response, seen.party.origin)
    // A browser that is here for the first time is given its cookie with this answer.
    const browser = readRunCookie(response.req.headers.cookie) ?? exchange?.browser
    if (target && browser) redirects.keep(browser, target, seen.exchanges)
    return done
  }) as typeof writeHead
}

/** @returns the path that a redirect leads to, if it stays on this origin */
function ownTarget(response: Response, origin: string): string | undefined {
  const location = response.getHeader('location')
  if (typeof location !== 'string' || response.statusCode < 300 || response.statusCode > 303) return undefined
  const url = URL.canParse(location, origin) ? new URL(location, origin) : undefined
  return url?.origin === origin ? url.pathname + url.search : undefined
}

/** The request that a browser sent to us. */
function describeReceived(request: Request, to: string, spanId: string | undefined): HttpMessage {
  return describeRequest({
    from: BROWSER,
    to,
    ...(spanId !== undefined && { spanId }),
    method: request.method,
    url: request.originalUrl,
    headers: request.headers,
    body: request.body,
  })
}

function nameOf(request: Request): NameOf {
  const parties: Party[] = request.app.locals.parties ?? []
  return origin => parties.find(party => party.origin === origin)?.name ?? new URL(origin).host
}

function seenIn(response: Response): Seen | undefined {
  return response.locals.seeThrough instanceof Seen ? response.locals.seeThrough : undefined
}
