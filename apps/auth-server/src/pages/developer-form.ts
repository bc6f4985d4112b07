/** An app's form: what stands in its fields, what the server makes of that, and what is wrong, said as the form says it. */

import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Request, Response } from 'express'
import type { Context } from '../context'
import type { Client, ClientMetadata } from '../protocol/client'
import { readClientMetadata, whyNotRedirectUri } from '../protocol/client-metadata'
import { OAuthError } from '../protocol/oauth-error'
import { textField } from './pending-request'

/** The fields with text, by name. */
export const TEXT_FIELDS = ['client_name', 'redirect_uris']

export interface AppForm {
  name: string
  /** One a line. */
  redirectUris: string
  isPublic: boolean
  requirePkce: boolean
}

/** By the name of the field, in sentences. What no field is to blame for stands under `form`. */
export type FieldErrors = Partial<Record<'client_name' | 'redirect_uris' | 'form', string[]>>

/** What was sent, to be shown again. Of a page that was only asked for: an empty form. */
export function typedForm(request: Request): AppForm {
  return {
    name: textField(request, 'client_name'),
    redirectUris: textField(request, 'redirect_uris'),
    isPublic: textField(request, 'token_endpoint_auth_method') === 'none',
    requirePkce: textField(request, 'require_pkce') === 'true',
  }
}

export function formOf(client: Client): AppForm {
  return {
    name: client.name,
    redirectUris: client.redirectUris.join('\n'),
    isPublic: client.type === 'public',
    requirePkce: client.requirePkce,
  }
}

/** The form means what the same members of a registration mean (RFC 7591 §2). @param before what the form does not say */
export function readAppForm(
  { log }: Context,
  response: Response,
  clientId: string,
  before: Record<string, unknown>,
): { metadata: ClientMetadata } | { errors: FieldErrors } {
  const form = typedForm(response.req)
  const lines = form.redirectUris
    .split(/\r?\n/)
    .map((line, index) => ({ uri: line.trim(), number: index + 1 }))
    .filter(({ uri }) => uri !== '')
  const sent = {
    ...before,
    client_name: form.name,
    redirect_uris: lines.map(({ uri }) => uri),
    token_endpoint_auth_method: form.isPublic ? 'none' : 'client_secret_basic',
    require_pkce: form.requirePkce,
  }
  try {
    return { metadata: readClientMetadata(sent, clientId) }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    logRefusal(log, response, error.code, error.description)
    return { errors: inTheFormsWords(error.description, lines) }
  }
}

/** A line of the field for redirect URIs: `redirect_uris[1]` need not be in line 2. */
interface Line {
  uri: string
  number: number
}

/** @param description of the first thing that is wrong. Of the redirect URIs, all that are wrong are told at once */
function inTheFormsWords(description: string, lines: Line[]): FieldErrors {
  const [, member, index, why] = /^(client_name|redirect_uris)(?:\[(\d+)\])? (.*)$/s.exec(description) ?? []
  if (member === 'client_name') return { client_name: [`Name ${why}.`] }
  if (index !== undefined) return { redirect_uris: wrongLines(lines) }
  if (member === 'redirect_uris' && lines.length === 0) return { redirect_uris: ['Enter at least one redirect URI.'] }
  if (member === 'redirect_uris') return { redirect_uris: [`The list of redirect URIs ${why}.`, ...wrongLines(lines)] }
  return { form: [`This cannot be saved: ${description}.`] }
}

function wrongLines(lines: Line[]): string[] {
  return lines.flatMap(({ uri, number }) => {
    const why = whyNotRedirectUri(uri)
    return why === undefined ? [] : [`Line ${number} of the redirect URIs ${why}.`]
  })
}
