/** The seven steps of the scenario, as every page names them. */
import type { Party } from '../pages'
import { rfc, type SpecReference } from './spec'

export type StepNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface Step {
  number: StepNumber
  name: string
  /** The party that acts in this step. Its colour marks the step. */
  actor: Party['key']
  /** Who does what, in one sentence. */
  happens: string
  spec: SpecReference
}

export const STEPS: readonly Step[] = [
  {
    number: 1,
    name: 'Authorization request',
    actor: 'client',
    happens: 'The client sends the browser to the authorization server with a request that says what access it wants.',
    spec: rfc(6749, '4.1.1'),
  },
  {
    number: 2,
    name: 'Authentication and consent',
    actor: 'authorization-server',
    happens: 'The authorization server signs the user in and asks whether to allow the app access.',
    spec: rfc(6749, '4.1'),
  },
  {
    number: 3,
    name: 'Authorization response',
    actor: 'authorization-server',
    happens: 'The authorization server sends the browser back to the client with a code, or with an error.',
    spec: rfc(6749, '4.1.2'),
  },
  {
    number: 4,
    name: 'Access token request',
    actor: 'client',
    happens: 'The client contacts the authorization server directly, authenticates, and exchanges the code for tokens.',
    spec: rfc(6749, '4.1.3'),
  },
  {
    number: 5,
    name: 'Access token response',
    actor: 'authorization-server',
    happens: 'The authorization server answers with an access token and a refresh token, or with an error.',
    spec: rfc(6749, '4.1.4'),
  },
  {
    number: 6,
    name: 'Access to protected resources',
    actor: 'resource-server',
    happens: 'The client sends the access token to the resource server, which checks it and answers.',
    spec: rfc(6749, '7'),
  },
  {
    number: 7,
    name: 'Token refresh',
    actor: 'client',
    happens: 'When the access token has expired, the client exchanges the refresh token for a new access token.',
    spec: rfc(6749, '6'),
  },
]

/** @throws RangeError never for a `StepNumber` */
export function stepNamed(number: StepNumber): Step {
  const step = STEPS[number - 1]
  if (!step) throw new RangeError(`there is no step ${number}`)
  return step
}
