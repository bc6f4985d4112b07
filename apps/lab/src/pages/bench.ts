/** `/bench/:valueId`, the token bench: read an access token, change it, and see what the calendar says to it. */
import { PageError } from '@glasshouse/shared/page-error'
import express, { type Request, type Response, Router } from 'express'
import { type FoundToken, findToken } from '../bench/find-token'
import { PRESETS, presetNamed } from '../bench/presets'
import { type Answer, sendToken } from '../bench/send'
import { SendLimit } from '../bench/send-limit'
import { checkSignature, publishedKeys } from '../bench/signature'
import { applyDraft, type Draft, decodePart, draftOf, type Edited, isEdited } from '../bench/token'
import { membersOf } from '../bench/words'
import type { Context } from '../context'
import { fromOwnPage, sayOrigin } from '../forms'
import { browserOf } from '../visibility'

type ById = Request<{ id: string }>

export function benchPage(context: Context): Router {
  const { addresses } = context.config
  const limit = new SendLimit(context.clock)
  const router = Router()

  router.get('/:id', async (request: ById, response) => {
    const found = await findToken(context, request, request.params.id)
    await show(context, response, found, draftOf(found.parts))
  })

  const form = express.urlencoded({ extended: false, limit: '16kb' })
  router.post('/:id', fromOwnPage(addresses.labUrl), form, async (request: ById, response) => {
    const found = await findToken(context, request, request.params.id)
    const { preset, action } = request.body ?? {}
    const draft = presetNamed(preset) ? presetDraft(found, preset) : readDraft(request.body)
    const edited = applyDraft(found.parts, draft)
    const mayBeSent = isEdited(edited) && edited.parts.signature !== undefined
    if (action === 'send' && mayBeSent) {
      if (!limit.allows(browserOf(request) ?? '')) throw tooMany()
      return show(context, response, found, draft, await sendToken(context, found, edited.parts))
    }
    await show(context, response, found, draft)
  })
  return router
}

function readDraft(body: Record<string, unknown> | undefined): Draft {
  return { header: String(body?.header ?? ''), claims: String(body?.claims ?? '') }
}

function presetDraft({ parts }: FoundToken, name: unknown): Draft {
  const original = { header: decodePart(parts.header), claims: decodePart(parts.claims) }
  const { header, claims } = presetNamed(name)?.change(original) ?? original
  return { header: JSON.stringify(header, null, 2), claims: JSON.stringify(claims, null, 2) }
}

async function show(
  { config, clock }: Context,
  response: Response,
  found: FoundToken,
  draft: Draft,
  answer?: Answer,
): Promise<void> {
  const { parts: original, spent, value, runId } = found
  const result = applyDraft(original, draft)
  const errors = isEdited(result) ? {} : result
  // A draft that is not JSON: the token above the form stays as it was issued.
  const edited = isEdited(result) ? result : (applyDraft(original, draftOf(original)) as Edited)
  const keys = await publishedKeys(config.addresses.authServerUrl)
  const { verdict, key } = checkSignature(edited.parts, keys)
  const originalKey = checkSignature(original, keys).key
  sayOrigin(response)
  response.status(isEdited(result) ? 200 : 400).render('bench', {
    id: value.id,
    runId,
    spent,
    spentWhy: value.spent_why ?? 'its time is over',
    draft,
    errors,
    changed: edited.changed,
    shown: {
      header: edited.parts.header,
      claims: edited.parts.claims,
      signature: spent || edited.parts.signature === '' ? edited.parts.signature : undefined,
      tail: value.tail,
    },
    header: membersOf(edited.header, decodePart(original.header), clock()),
    claims: membersOf(edited.claims, decodePart(original.claims), clock()),
    verdict,
    key,
    canSend: original.signature !== undefined,
    presets: PRESETS.map(preset => ({ ...preset, unavailable: preset.unavailable?.(decodePart(original.claims)) })),
    answer,
    // For the page's own check. Only of a token that opens nothing any longer.
    forScript: spent && originalKey ? JSON.stringify({ ...original, key: originalKey }) : undefined,
    originalDraft: draftOf(original),
  })
}

function tooMany(): PageError {
  return new PageError(
    429,
    'Too many tokens sent',
    'The Lab sends at most 30 tokens a minute. Wait a moment, then try again.',
  )
}
