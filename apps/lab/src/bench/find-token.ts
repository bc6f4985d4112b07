/** Finds the token that a browser wants to put on the bench: only one that stands in a run of its own. */
import { PageError } from '@glasshouse/shared/page-error'
import type { Request } from 'express'
import { isSpent } from '../capture/masking'
import { referenceTo } from '../capture/references'
import type { Context } from '../context'
import * as exchanges from '../store/exchanges'
import * as runs from '../store/runs'
import type { SecretValueTable } from '../store/schema'
import { browserOf } from '../visibility'
import { encodePart, type Parts, splitToken } from './token'

export interface FoundToken {
  value: SecretValueTable
  /** It opens nothing any longer, so its signature may be shown. */
  spent: boolean
  /** With the signature, if the Lab still has it. Never for a page while the token is good. */
  parts: Parts
  runId: string
  /** Of the exchange that issued it. */
  traceId: string
}

/** @throws PageError 404, the same for a token of another browser and for one that does not exist */
export async function findToken({ db, values, clock }: Context, request: Request, id: string): Promise<FoundToken> {
  const browser = browserOf(request)
  const value = /^[\w-]{16}$/.test(id) ? values.get(id) : undefined
  if (browser !== undefined && value?.claims) {
    const mention = await exchanges.firstMention(db, await runs.ownedBy(db, browser), referenceTo(id))
    if (mention?.run_id) {
      const parts = partsOf(values.reveal(id), value.claims)
      return { value, spent: isSpent(value, clock()), parts, runId: mention.run_id, traceId: mention.trace_id }
    }
  }
  throw new PageError(
    404,
    'There is no such token here',
    'Only an access token from one of your own runs can be put on the bench.',
    [{ href: '/runs', label: 'See your runs' }],
  )
}

function partsOf(token: string | undefined, stored: string): Parts {
  if (token !== undefined) return splitToken(token)
  const { header, claims } = JSON.parse(stored)
  return { header: encodePart(header), claims: encodePart(claims), signature: undefined }
}
