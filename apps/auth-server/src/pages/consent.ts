/** Step 2, second half: shows the resource owner what the client asks for, and lets them allow or deny it. */
import { logRefusal } from '@glasshouse/shared/refusal-log'
import { liftFormAction } from '@glasshouse/shared/security-headers'
import { type Request, type Response, Router } from 'express'
import type { Context } from '../context'
import {
  answerWithCode,
  answerWithDenial,
  continueRequest,
  type RequestAndClient,
} from '../endpoints/authorization-response'
import type { Client } from '../protocol/client'
import { readLogo } from '../protocol/logo'
import { isLoopback, isPrivateUse } from '../protocol/redirect-uri'
import { ALL_SCOPES, allowedBy, type Scope, type ScopeValue } from '../protocol/scope'
import { makeRoomForAnother, signedIn } from '../session'
import * as consents from '../store/consents'
import { changeConsent } from '../tokens/withdrawal'
import { findPendingRequest, showRequest, textField, textParameter } from './pending-request'

/** What each scope means to the user. */
export const SCOPE_IN_WORDS: Record<ScopeValue, { title: string; detail: string }> = {
  'calendar.read': {
    title: 'See your calendar',
    detail: 'All events, with their titles, times and places.',
  },
  'calendar.write': {
    title: 'Add and change events',
    detail: 'Create new events and calendars, and change or delete existing ones.',
  },
  'https://www.googleapis.com/auth/calendar': {
    title: 'See and change your calendar',
    detail:
      'All events, with their titles, times and places. Create new events and calendars, and change or delete existing ones.',
  },
  'https://www.googleapis.com/auth/calendar.readonly': {
    title: 'See your calendar',
    detail: 'All events, with their titles, times and places.',
  },
  'https://www.googleapis.com/auth/calendar.events': {
    title: 'See, add and change events',
    detail: 'All events, with their titles, times and places. Create new events, and change or delete existing ones.',
  },
  'https://www.googleapis.com/auth/calendar.events.readonly': {
    title: 'See your events',
    detail: 'All events, with their titles, times and places.',
  },
  'https://www.googleapis.com/auth/calendar.freebusy': {
    title: 'See when you are busy',
    detail: 'Only the times, without titles or places.',
  },
}

export function consentPage(context: Context): Router {
  const router = Router()

  router.get('/', async (request, response) => {
    const about = await findPendingRequest(context, request, textParameter(request, 'request'))
    const resourceOwner = await ownerFor(context, request, about)
    if (!resourceOwner) return continueRequest(context, request, response, about)
    showForm(context, response, about, resourceOwner.name, {})
  })

  router.post('/', async (request, response) => {
    const about = await findPendingRequest(context, request, textField(request, 'request'))
    const { pending, client } = about
    const resourceOwner = await ownerFor(context, request, about)
    if (!resourceOwner) return continueRequest(context, request, response, about)

    const decision = textField(request, 'decision')
    if (decision === 'deny') return answerWithDenial(context, response, pending)

    // Only what the client asked for can be granted, even if the form contains more.
    const ticked = [request.body?.scope].flat()
    const granted = pending.scope.filter(value => ticked.includes(value))
    if (decision !== 'allow' || granted.length === 0) {
      logRefusal(context.log, response, 'consent', 'no decision was sent, or no requested scope was ticked')
      const problem =
        decision === 'allow'
          ? `Tick at least one box to allow access, or choose “Deny” to give ${client.name} no access.`
          : 'Choose “Allow” or “Deny”.'
      return showForm(context, response.status(400), about, resourceOwner.name, { granted, problem })
    }

    await answerWithCode(context, response, pending, resourceOwner, granted, async () => {
      const before = (await consents.find(context.db, resourceOwner.id, client.id)) ?? []
      const allowed = decide(before, pending.scope, granted)
      await changeConsent(context, resourceOwner.id, client.id, allowed)
    })
  })

  // "Not you?": the request stays pending, and the next user who signs in can answer it.
  router.post('/sign-out', async (request, response) => {
    const { pending } = await findPendingRequest(context, request, textField(request, 'request'))
    await makeRoomForAnother(request)
    response.redirect(303, `/login?request=${pending.id}`)
  })

  // For a user who reloads this address or types it in.
  router.get('/sign-out', (request, response) => {
    response.redirect(303, `/consent?request=${encodeURIComponent(textParameter(request, 'request'))}`)
  })

  return router
}

/** @returns what the user allows from now on: what was granted now, and what was allowed before and is not denied now */
function decide(before: Scope, asked: Scope, granted: Scope): Scope {
  const kept = allowedBy(granted)
  const denied = allowedBy(asked).filter(permission => !kept.includes(permission))
  return ALL_SCOPES.filter(
    value =>
      granted.includes(value) ||
      (before.includes(value) && !asked.includes(value) && !allowedBy([value]).some(part => denied.includes(part))),
  )
}

/** The user who may answer: signed in, and signed in again for this request if it has prompt=login. */
async function ownerFor(context: Context, request: Request, { pending }: RequestAndClient) {
  if (pending.prompt.login && pending.signedInAt === undefined) return undefined
  return signedIn(context, request)
}

function showForm(
  { config }: Context,
  response: Response,
  about: RequestAndClient,
  ownerName: string,
  form: { granted?: Scope; problem?: string },
): void {
  const { pending, client } = about
  showRequest(response, about, config.issuer)
  liftFormAction(response)
  response.render('consent', {
    client,
    clientName: client.name,
    logo: readLogo(client.logoUri),
    goesTo: destinationOf(client, pending.redirectUri),
    ownerName,
    requestId: pending.id,
    scopes: pending.scope.map(value => ({
      value,
      ...SCOPE_IN_WORDS[value],
      checked: (form.granted ?? pending.scope).includes(value),
    })),
    problem: form.problem,
  })
}

/** Where the answer goes, in words, so that users can compare it with what they expect. */
function destinationOf(client: Client, redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  if (isPrivateUse(redirectUri)) return `the app on this device that opens ${protocol.slice(0, -1)} links`
  const onDevice = client.applicationType === 'native' && isLoopback(redirectUri, { byName: true })
  return onDevice ? `${origin}, which is this device` : origin
}
