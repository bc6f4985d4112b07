/**
 * See-through: in demo mode every page shows the HTTP message that brought the browser to it and says which of the
 * seven steps it belongs to. It takes one middleware (here) and one include (in `views/shared/foot.ejs`); without them,
 * pages lack only the strip.
 */
import type { NextFunction, Request, Response } from 'express'
import type { Party } from './pages'
import { describeRequest, type HttpMessage } from './see-through/http-message'
import { STEPS, type Step, type StepNumber, stepNamed } from './see-through/steps'

export {
  describeRequest,
  describeResponse,
  type ExplainedParameter,
  type HttpMessage,
} from './see-through/http-message'
export { type DescribedJwt, describeJwt } from './see-through/jwt'
export { maskSecrets } from './see-through/masking'
export { STEPS, type Step, type StepNumber } from './see-through/steps'

/** The sender's name in a message that came from the browser. */
export const BROWSER = 'Your browser'

/** What `views/shared/strip.ejs` shows. */
export interface SeeThrough {
  party: Party
  step: Step | undefined
  readonly steps: readonly Step[]
  /** A sentence from the page about what is happening. */
  note: string | undefined
  /** In the order they happened. */
  readonly messages: HttpMessage[]
}

/**
 * Gives views `seeThrough`, in demo mode only. The message is read when the page is rendered, so body parsers and
 * sessions may be mounted before or after this. Mount it early, so that error pages have a strip too.
 */
export function seeThrough(options: { party: Party; demo: boolean }) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (options.demo) response.locals.seeThrough = new Seen(options.party, request)
    next()
  }
}

/**
 * Says which of the seven steps the page about to be rendered belongs to.
 * @param note a sentence about what happens here
 */
export function showStep(response: Response, step: StepNumber, note?: string): void {
  const seen = seenIn(response)
  if (!seen) return
  seen.step = stepNamed(step)
  seen.note = note
}

/** For a page outside the seven steps. @param note a sentence about what happens here */
export function showNote(response: Response, note: string): void {
  const seen = seenIn(response)
  if (seen) seen.note = note
}

/**
 * Adds a message to the page about to be rendered.
 * @param position `'first'` for a message that came before the request just received, e.g. the authorization request
 * on the sign-in page; `'last'` for a message that came after it
 */
export function showMessage(response: Response, message: HttpMessage, position: 'first' | 'last' = 'last'): void {
  const seen = seenIn(response)
  if (position === 'first') seen?.before.push(message)
  else seen?.after.push(message)
}

class Seen implements SeeThrough {
  step: Step | undefined
  readonly steps = STEPS
  note: string | undefined
  readonly before: HttpMessage[] = []
  readonly after: HttpMessage[] = []

  constructor(
    readonly party: Party,
    private readonly request: Request,
  ) {}

  get messages(): HttpMessage[] {
    return [...this.before, describeReceived(this.request, this.party.name), ...this.after]
  }
}

/** The request that a browser sent to us. */
export function describeReceived(request: Request, to: string): HttpMessage {
  return describeRequest({
    from: BROWSER,
    to,
    method: request.method,
    url: request.originalUrl,
    headers: request.headers,
    body: request.body,
  })
}

function seenIn(response: Response): Seen | undefined {
  return response.locals.seeThrough instanceof Seen ? response.locals.seeThrough : undefined
}
