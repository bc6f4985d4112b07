/** The developer pages: a signed-in user registers their own apps, and gets commands to try the seven steps. */
import { typedInto } from '@glasshouse/shared/anti-forgery'
import { seconds } from '@glasshouse/shared/clock'
import { PageError } from '@glasshouse/shared/page-error'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import { showNote } from '@glasshouse/shared/see-through'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import 'express-session'
import type { Context } from '../context'
import type { Client } from '../protocol/client'
import { writeClientMetadata } from '../protocol/client-metadata'
import { KNOWN_SCOPES } from '../protocol/scope'
import { save, signedIn } from '../session'
import * as clients from '../store/clients'
import type { ResourceOwner } from '../store/users'
import { createClient, createClientId } from '../tokens/client-secret'
import { removeClient } from '../tokens/withdrawal'
import { exampleRequests } from './developer-examples'
import { type AppForm, type FieldErrors, formOf, readAppForm, TEXT_FIELDS, typedForm } from './developer-form'
import { keepSecret, takeSecret } from './developer-secret'
import { signInFor } from './next-page'

export function developerPage(context: Context): Router {
  const { config, db, clock, log } = context
  const router = Router()

  // These pages belong to a user, so they require signing in.
  router.use(async (request, response, next) => {
    const owner = await signedIn(context, request)
    if (!owner) return response.redirect(303, signInFor(request.path))
    response.locals.owner = owner
    showNote(
      response,
      'Registration comes before step 1: an app must be registered before it can ask for access (RFC 6749 §2).',
    )
    next()
  })

  router.get('/', (request, response) => showApps(context, request, response))

  router.post('/', async (request, response) => {
    const id = createClientId()
    const read = readAppForm(context, response, id, { grant_types: ['authorization_code', 'refresh_token'] })
    if ('errors' in read) return showApps(context, request, response.status(400), read.errors)
    const retryAfter = await context.registrationLimit.count(request.ip ?? 'unknown')
    if (retryAfter > 0) {
      logRefusal(log, response, 'registration', 'too many apps were registered from this address')
      response.status(429).set('Retry-After', String(retryAfter))
      const why = `The app was not registered: there were too many registrations from your network address. What you typed is still below; send it again in ${retryAfter} seconds.`
      return showApps(context, request, response, { form: [why] })
    }
    const { client, secret } = createClient(id, read.metadata)
    const issuedAt = seconds(clock)
    await clients.register(db, client, { ownerId: ownerOf(response).id }, issuedAt)
    if (secret) keepSecret(config, request, id, secret)
    else request.session.developerNotice = 'Registered. The app has no secret: it uses PKCE instead.'
    await leadTo(request, response, `/developer/${id}`)
  })

  router.get('/:client_id', async (request, response) => {
    const client = await ownClient(context, request, response)
    // The response to HEAD has no body, so it would lose the secret.
    const secret = request.method === 'HEAD' ? undefined : takeSecret(config, request, client)
    showApp(context, request, response, client, { secret, notice: takeNotice(request) })
  })

  router.post('/:client_id', async (request, response) => {
    const client = await ownClient(context, request, response)
    // The application type depends on the redirect URIs, so the old one is not carried over.
    const { application_type: _, ...before } = writeClientMetadata(client)
    const read = readAppForm(context, response, client.id, before)
    if ('errors' in read) {
      return showApp(context, request, response.status(400), client, { form: typedForm(request), errors: read.errors })
    }
    const { client: changed, secret } = createClient(client.id, read.metadata, client)
    await clients.update(db, changed)
    if (secret) keepSecret(config, request, client.id, secret)
    const secretEnded = client.type === 'confidential' && changed.type === 'public'
    request.session.developerNotice = secretEnded
      ? 'Saved. The app is now a public client: its client secret is deleted and no longer accepted.'
      : 'Saved. The new settings apply from now on.'
    await leadTo(request, response, `/developer/${client.id}`)
  })

  router.get('/:client_id/secret/new', async (request, response) => {
    const client = await ownClient(context, request, response)
    if (client.type === 'public') return response.redirect(303, `/developer/${client.id}`)
    response.render('developer-new-secret', { client })
  })

  // For a user who reloads the address that the form is sent to, or types it in.
  router.get('/:client_id/secret', async (request, response) => {
    const client = await ownClient(context, request, response)
    response.redirect(303, `/developer/${client.id}`)
  })

  router.post('/:client_id/secret', async (request, response) => {
    const client = await ownClient(context, request, response)
    const { client: changed, secret } = createClient(client.id, client)
    await clients.update(db, changed)
    if (secret) keepSecret(config, request, client.id, secret)
    await leadTo(request, response, `/developer/${client.id}`)
  })

  router.get('/:client_id/delete', async (request, response) => {
    response.render('developer-delete', { client: await ownClient(context, request, response) })
  })

  router.post('/:client_id/delete', async (request, response) => {
    const client = await ownClient(context, request, response)
    await removeClient(context, client.id)
    request.session.developerNotice = `${client.name} was deleted. All its tokens are now refused.`
    await leadTo(request, response, '/developer')
  })

  return router
}

/**
 * Refuses a form of these pages that arrives after the session has ended. It runs before the check of the anti-forgery
 * field, which would fail because the session is gone, and whose advice to send the form again would not help.
 * @throws PageError 403
 */
export function signedOutMeanwhile(context: Context): RequestHandler {
  return async (request, _response, next) => {
    if (request.method !== 'POST' || (await signedIn(context, request))) return next()
    const typed = typedInto(request, TEXT_FIELDS)
    const detail = `Nothing was changed. Sign in again and send the form once more.${typed.length > 0 ? ' What you typed is below.' : ''}`
    const signInAgain = { href: signInFor(request.path), label: 'Sign in' }
    throw new PageError(403, 'You were signed out', detail, [signInAgain], { typed })
  }
}

declare module 'express-session' {
  interface SessionData {
    /** A confirmation of the last change, shown once. Never contains a secret: `developer-secret.ts` stores those. */
    developerNotice: string
  }
}

/** Answers a form with a redirect to a page that can be reloaded without repeating the change. */
async function leadTo(request: Request, response: Response, path: string): Promise<void> {
  await save(request)
  response.redirect(303, path)
}

function ownerOf(response: Response): ResourceOwner {
  return response.locals.owner
}

/** @throws PageError 404, the same for another user's app as for one that does not exist */
async function ownClient({ db }: Context, request: Request, response: Response): Promise<Client> {
  const own = await clients.listOwnedBy(db, ownerOf(response).id)
  const client = own.find(registration => registration.client.id === request.params.client_id)?.client
  if (client) return client
  throw new PageError(404, 'This is not one of your apps', 'It was deleted, or another user registered it.', [
    { href: '/developer', label: 'See your apps' },
  ])
}

function takeNotice(request: Request): string | undefined {
  const notice = request.session.developerNotice
  if (request.method !== 'HEAD') delete request.session.developerNotice
  return notice
}

async function showApps(context: Context, request: Request, response: Response, errors: FieldErrors = {}) {
  const own = await clients.listOwnedBy(context.db, ownerOf(response).id)
  response.render('developer', {
    apps: own.map(({ client }) => client),
    scopes: KNOWN_SCOPES,
    notice: takeNotice(request),
    form: typedForm(request),
    errors,
  })
}

function showApp(
  { config }: Context,
  request: Request,
  response: Response,
  client: Client,
  page: { secret?: string | undefined; notice?: string | undefined; form?: AppForm; errors?: FieldErrors },
): void {
  const { form = formOf(client), errors = {}, secret, notice } = page
  const examples = exampleRequests(config, client, { sessionId: request.sessionID, secret })
  response.render('developer-app', { client, secret, notice, examples, form, errors })
}
