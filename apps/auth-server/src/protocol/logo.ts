/**
 * A client's logo (RFC 7591 §2, `logo_uri`). Our pages load nothing from another host: a picture there could change after
 * it was checked, and its host would see who is about to consent. So a logo is shown only if it comes along whole, as a
 * `data:` URL, and is a picture of a kind that can hold no script.
 */

/** In characters. */
export const LOGO_DATA_LIMIT = 32_000

/** The first bytes of each kind. */
const SIGNATURES = {
  'image/png': /^\x89PNG\r\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/webp': /^RIFF.{4}WEBP/s,
}

/** @returns the `data:` URL if it may be shown, else undefined */
export function readLogo(logoUri: string | undefined): string | undefined {
  if (logoUri === undefined || logoUri.length > LOGO_DATA_LIMIT) return undefined
  const [, kind, data = ''] = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+=*)$/.exec(logoUri) ?? []
  const beginning = Buffer.from(data, 'base64').toString('latin1')
  return kind !== undefined && SIGNATURES[kind as keyof typeof SIGNATURES].test(beginning) ? logoUri : undefined
}
