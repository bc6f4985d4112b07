/** The form for an app: fills its fields, reads them, and turns metadata errors into messages about the fields. */

import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Request, Response } from 'express'
import type { Context } from '../context'
import type { Client, ClientMetadata } from '../protocol/client'
import { readClientMetadata, whyNotRedirectUri } from '../protocol/client-metadata'
import { OAuthError } from '../protocol/oauth-error'
import { textField } from './pending-request'

/** The names of the text fields. */
export const TEXT_FIELDS = ['client_name', 'redirect_uris']

export interface AppForm {
  name: string
  /** One on each line. */
  redirectUris: string
  isPublic: boolean
  requirePkce: boolean
}

/** Sentences by field name. Errors that belong to no field are under `form`. */
export type FieldErrors = Partial<Record<'client_name' | 'redirect_uris' | 'form', string[]>>

/** What the user typed, to show it again. Empty if the request did not send the form. */
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

/**
 * The fields mean the same as the members of a registration (RFC 7591 §2).
 * @param before the metadata that the form does not contain
 */
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

/** A line of the field for redirect URIs. Empty lines are skipped, so `redirect_uris[1]` may not be in line 2. */
interface Line {
  uri: string
  number: number
}

/** @param description of the first error. If it is about a redirect URI, all invalid ones are listed */
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
