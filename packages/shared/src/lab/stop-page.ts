/** What the page of one stop shows, ready for its view. */
import type { Party } from '../pages'
import { explainParameter, type MessageKind } from '../see-through/explanations'
import { isSecret } from '../see-through/masking'
import type { SpecReference } from '../see-through/spec'
import { STEPS } from '../see-through/steps'
import { isTokenRequest, type Service } from './scenes'
import { type Place, type Words, wordsFor } from './stop-words'
import type { Stop } from './stops'

export interface ShownParameter {
  name: string
  value: string
  masked: boolean
  meaning: string
  spec?: SpecReference
}

export interface ShownPlace {
  party: Party['key'] | 'user'
  name: string
  letter: string
  role: string
}

export interface StopPage extends Omit<Words, 'route'> {
  id: string
  stepNames: string
  places: ShownPlace[]
  route: Words['route']
  startLine: string
  host: string
  parameters: ShownParameter[]
  codeEnds: { at: Date; secondsLeft: number } | undefined
  /** The client's own token request, and where the Lab shows it. */
  calls: { status: number | undefined; href: string }[]
}

export function stopPage(service: Service, stop: Stop, now: number): StopPage {
  const target = new URL(stop.target)
  const isWeb = /^https?:$/.test(target.protocol)
  const client = clientOf(service, stop, target)
  const words = wordsFor(stop.scene, client.name, target.searchParams.get('error'))
  return {
    ...words,
    id: stop.id,
    stepNames: stepNames(words.steps),
    places: words.route.places.map(place => placeNamed(place, client)),
    startLine: isWeb ? `GET ${target.pathname}` : `Open ${target.href.replace(/[?#].*$/s, '')}`,
    host: target.host,
    parameters: [...target.searchParams].map(([name, value]) => describeParameter(name, value, kindOf(stop))),
    codeEnds: stop.codeEndsAt === undefined ? undefined : countdown(stop.codeEndsAt, now),
    calls: (stop.scene === 'connected' ? stop.calls.filter(isTokenRequest) : []).map(({ id, status }) => ({
      status,
      href: `${service.addresses.labUrl}/runs/newest?exchange=${id}`,
    })),
  }
}

function countdown(endsAt: number, now: number) {
  return { at: new Date(endsAt), secondsLeft: Math.max(0, Math.ceil((endsAt - now) / 1000)) }
}

function stepNames(steps: Words['steps']): string {
  const numbers = steps.join(' and ')
  const [first] = steps
  if (first === undefined) return 'Not one of the seven steps'
  return steps.length > 1 ? `Steps ${numbers} of 7` : `Step ${numbers} of 7: ${STEPS[first - 1]?.name.toLowerCase()}`
}

/** Whom the answer goes to: Tripmate, or an app that somebody has registered. */
function clientOf({ addresses, name }: Service, { scene }: Stop, target: URL): ShownPlace {
  const isOther =
    name === 'auth-server' && ['code', 'error'].includes(scene) && target.origin !== addresses.clientAppUrl
  const asksForOther = scene === 'authorization request' && target.searchParams.get('client_id') !== 'tripmate'
  const isTripmate = !isOther && !asksForOther
  return {
    party: 'client',
    name: isTripmate ? 'Tripmate' : 'the app',
    letter: isTripmate ? 'T' : 'A',
    role: isOther ? target.host || target.protocol : 'the app',
  }
}

function placeNamed(place: Place, client: ShownPlace): ShownPlace {
  if (place === 'client') return client
  if (place === 'user') return { party: 'user', name: 'You', letter: 'Y', role: 'your browser' }
  return { party: place, name: 'Accounts', letter: 'A', role: 'knows your password' }
}

function kindOf({ scene }: Stop): MessageKind {
  if (scene === 'authorization request') return 'authorization request'
  return /code|error/.test(scene) ? 'authorization response' : 'other'
}

/** The id of a stored request, `state` and everything that opens something: the Lab masks them in the same way. */
const TAIL_LENGTH = 6
const SHOW_TAIL_FROM = 16

function describeParameter(name: string, value: string, kind: MessageKind): ShownParameter {
  const masked = isSecret(name) || name === 'state'
  const explanation = explainParameter(name, kind) ?? {
    meaning: 'Not part of OAuth: a parameter of this page.',
    spec: undefined,
  }
  const { meaning, spec } = explanation
  return { name, value: masked ? maskedTail(value) : value, masked, meaning, ...(spec && { spec }) }
}

function maskedTail(value: string): string {
  return value.length < SHOW_TAIL_FROM ? '…' : `…${value.slice(-TAIL_LENGTH)}`
}
