/** The seven steps as they happened to this person: what Tripmate really sent and got. Shown in demo mode. */
import { STEPS } from '@glasshouse/shared/see-through/steps'
import type { Context } from '../context'
import { type Entry, readJournal } from '../journal'

/** What `shared/ladder` draws of one step. */
export interface Rung extends Partial<Entry> {
  step: (typeof STEPS)[number]
  state: 'waiting' | 'done' | 'denied' | 'error'
  summary?: string
  jwt?: Entry['token']
}

/** @returns a rung for each of the seven steps, or nothing outside of demo mode */
export async function readLadder(context: Context, userId: string | undefined): Promise<Rung[]> {
  if (!context.config.demo) return []
  const journal = userId ? await readJournal(context, userId) : new Map<number, Entry[]>()
  const answered = journal.has(3)
  return STEPS.map(step => {
    if (step.number === 2) return stepTwo(step, answered)
    const entries = journal.get(step.number) ?? []
    const [newest] = entries
    if (!newest) return { step, state: 'waiting' }
    return {
      step,
      state: stateOf(newest),
      // The newest alone: what the page in front of the reader is made of.
      messages: newest.messages,
      ...(newest.token && { jwt: newest.token }),
    }
  })
}

/** Step 2 is between the person and the authorization server: that Tripmate has nothing to show is the point of it. */
function stepTwo(step: Rung['step'], answered: boolean): Rung {
  if (!answered) return { step, state: 'waiting' }
  return {
    step,
    state: 'done',
    summary:
      'You signed in and made your choice at Glasshouse Accounts. Tripmate saw none of it, least of all your password.',
  }
}

/**
 * An error is an answer with a status of 400 or more, or an authorization response that carries `error`. That the user
 * said no (`access_denied`) is none: it is an answer like any other.
 */
function stateOf({ messages }: Entry): 'done' | 'denied' | 'error' {
  if (messages.some(message => /^HTTP\/1\.1 [45]/.test(message.startLine))) return 'error'
  const error = messages
    .filter(message => message.direction === 'request')
    .flatMap(message => message.explained)
    .find(part => part.in === 'query' && part.name === 'error')
  if (!error) return 'done'
  return error.value === 'access_denied' ? 'denied' : 'error'
}
