/** What the button that was just pressed has done: the lights that changed, and the messages that changed them. */
import type { Request } from 'express'
import type { Message } from '../capture/messages'
import type { Context } from '../context'
import * as exchanges from '../store/exchanges'
import type { RunTable } from '../store/schema'
import { type Lever, LIGHT_NAMES, leverNamed } from './levers'
import type { Light } from './light'

export interface Pressed {
  lever: Lever
  /** Why nothing was done. */
  failed: string | undefined
  wentOut: string[]
  cameOn: string[]
  stayedOn: string[]
  /** The tokens that took the place of earlier ones, by their ends. */
  replaced: { title: string; before: string; after: string }[]
  /** In the order of cause. */
  messages: Message[]
}

const FAILURES: Record<string, string> = {
  'no-session': 'Nothing was done: this browser has no session with that service. Sign in or connect first.',
  'not-connected': 'Nothing was done: Tripmate has no tokens for this browser. Connect first.',
  'no-answer': 'One of the services did not answer. Check that it is running, then try again.',
}

/** How long to wait for the report of an exchange that is over: reports are sent in batches, a little later. */
const REPORTED_WITHIN_MS = 1_500

/** @returns undefined if no button was pressed; otherwise a function of the lights as they are now */
export async function readPressed(
  context: Context,
  request: Request,
  run: RunTable,
): Promise<((lights: Light[], messages: Message[]) => Pressed) | undefined> {
  const { lever: name, was, ends, pressed, failed } = request.query
  const lever = leverNamed(name)
  if (!lever) return undefined
  const exchange = typeof pressed === 'string' && /^[\da-f]{16}$/.test(pressed) ? pressed : undefined
  if (exchange) await untilReported(context, run.id, exchange)
  const before = typeof was === 'string' ? was : ''
  const endsBefore = typeof ends === 'string' && /^[\w-]{6}\.[\w-]{6}$/.test(ends) ? ends.split('.') : []
  return (lights, messages) => {
    const titles = (wanted: (wasOn: string | undefined, light: Light) => boolean) =>
      lights
        .filter(light => wanted(before[LIGHT_NAMES.indexOf(light.name)], light))
        .map(({ title }) => inSentence(title))
    return {
      lever,
      failed: typeof failed === 'string' ? (FAILURES[failed] ?? 'Nothing was done.') : undefined,
      wentOut: titles((wasOn, { state }) => wasOn === '1' && state === 'off'),
      cameOn: titles((wasOn, { state }) => wasOn === '0' && state === 'on'),
      stayedOn: titles((wasOn, { state }) => wasOn === '1' && state === 'on'),
      replaced: replacedTokens(endsBefore, lights),
      messages: exchange ? causedBy(exchange, messages) : [],
    }
  }
}

function replacedTokens(ends: string[], lights: Light[]): Pressed['replaced'] {
  const tokens = lights.filter(({ token }) => token !== undefined)
  return tokens.flatMap(({ title, token }, index) => {
    const [before, after] = [`…${ends[index]}`, token?.text ?? '']
    return ends[index] !== undefined && before !== after ? [{ title: inSentence(title), before, after }] : []
  })
}

function inSentence(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1)
}

/** Everything that the exchange led to, by any number of steps, and itself. */
function causedBy(exchange: string, messages: Message[]): Message[] {
  const found = new Set([exchange])
  for (const { id, causedBy } of messages) if (causedBy !== null && found.has(causedBy)) found.add(id)
  return messages.filter(({ id }) => found.has(id))
}

/** Also used by the token bench. */
export async function untilReported({ db, news }: Context, runId: string, exchange: string): Promise<void> {
  const isThere = async () => (await exchanges.find(db, exchange)) !== undefined
  let arrived = () => {}
  const told = new Promise<void>(resolve => {
    arrived = resolve
  })
  const unsubscribe = news.subscribe(runId, ids => ids.includes(exchange) && arrived())
  const timer = setTimeout(arrived, REPORTED_WITHIN_MS)
  if (!(await isThere())) await told
  clearTimeout(timer)
  unsubscribe()
}
