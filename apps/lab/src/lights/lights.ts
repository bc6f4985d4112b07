/** The five lights of a run: what works now, what can change it, and what the button that was just pressed has done. */
import type { Request } from 'express'
import type { Context } from '../context'
import * as runs from '../store/runs'
import type { RunTable } from '../store/schema'
import { buttonOf } from './buttons'
import { describe, type Facts } from './describe'
import { LEVERS, LIGHT_NAMES } from './levers'
import type { Light } from './light'
import { type Pressed, readPressed } from './pressed'
import { askServices } from './services'
import { tokensOf } from './tokens'

export interface Lights {
  runId: string
  /** Only the newest run has buttons: they act on what is there now, and their messages belong to that run. */
  newestRunId: string
  lights: Light[]
  pressed: Pressed | undefined
}

/** @returns undefined for the run of a program, which has no browser and so no sessions */
export async function lightsOf(context: Context, request: Request, run: RunTable): Promise<Lights | undefined> {
  const { config, db, reader, values } = context
  if (run.kind !== 'browser') return undefined
  const newest = await runs.newest(db, run)
  const pressedQuery = await readPressed(context, request, run)
  const messages = await reader.read(run.id)
  const tokens = tokensOf(messages, values)
  const answers = await askServices(config.addresses, request.headers.cookie ?? '', tokens)
  const facts: Facts = {
    answers,
    tokens,
    accounts: config.addresses.authServerUrl,
    client: config.addresses.clientAppUrl,
  }
  const lights = LIGHT_NAMES.map(name => describe(name, facts))
  const isNewest = newest?.id === run.id
  const back = backFrom(request, lights)
  for (const light of lights) {
    light.buttons = isNewest
      ? LEVERS.filter(lever => lever.light === light.name).map(lever => buttonOf(lever, facts, back, context, run))
      : []
  }
  return { runId: run.id, newestRunId: newest?.id ?? run.id, lights, pressed: pressedQuery?.(lights, messages) }
}

/**
 * Back to the page that the button is on. What the lights were before goes along, and the ends of the tokens, so that the page
 * can say what changed.
 */
function backFrom(request: Request, lights: Light[]): (lever: string) => string {
  const page = `${request.baseUrl}${request.path}`
  const was = lights.map(({ state }) => ({ on: '1', off: '0', unknown: '-' })[state]).join('')
  const ends = lights.flatMap(({ token }) => token?.text.slice(1) ?? []).join('.')
  return lever => `${page}?${new URLSearchParams({ lever, was, ends })}#lights`
}
