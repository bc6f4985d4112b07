/** An access token on the bench: its three parts, and changes to the first two. */
export interface Parts {
  /** Base64url, as they were sent. */
  header: string
  claims: string
  /** undefined if the Lab does not know it: it was restarted while the token was still good. */
  signature: string | undefined
}

export interface Draft {
  /** JSON, as it stands in the form. */
  header: string
  claims: string
}

export type Json = Record<string, unknown>

/** A draft that can be encoded. */
export interface Edited {
  header: Json
  claims: Json
  parts: Parts
  changed: boolean
}

/** What is wrong with a draft, by field. */
export type DraftErrors = Partial<Record<keyof Draft, string>>

export function splitToken(token: string): Parts {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return { header, claims, signature }
}

export function encodePart(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export function decodePart(part: string): Json {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}

export function draftOf({ header, claims }: Parts): Draft {
  return { header: JSON.stringify(decodePart(header), null, 2), claims: JSON.stringify(decodePart(claims), null, 2) }
}

/** A part whose content was not changed keeps its very characters: the signature is over those. */
export function applyDraft(original: Parts, draft: Draft): Edited | DraftErrors {
  const header = readObject(draft.header)
  const claims = readObject(draft.claims)
  if (!header || !claims) return { ...(!header && { header: NOT_JSON }), ...(!claims && { claims: NOT_JSON }) }
  const parts = {
    header: encode(header, original.header),
    claims: encode(claims, original.claims),
    // Without an algorithm there is no signature (RFC 7518 §3.6).
    signature: String(header.alg).toLowerCase() === 'none' ? '' : original.signature,
  }
  const changed = parts.header !== original.header || parts.claims !== original.claims
  return { header, claims, parts, changed }
}

export function isEdited(result: Edited | DraftErrors): result is Edited {
  return 'parts' in result
}

const NOT_JSON = 'This is not a JSON object: check the quotes, the commas and the braces.'

function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

function encode(value: Json, original: string): string {
  return JSON.stringify(value) === JSON.stringify(decodePart(original)) ? original : encodePart(value)
}
