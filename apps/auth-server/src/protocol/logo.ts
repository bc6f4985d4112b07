/**
 * A client's logo (RFC 7591 §2, `logo_uri`). Our pages load nothing from another host: an image there could change after
 * it was checked, and its host would learn who is about to consent. So a logo is shown only if it is a `data:` URL that
 * contains the whole image, in a format that cannot contain scripts.
 */

/** In characters. */
export const LOGO_DATA_LIMIT = 32_000

/** The first bytes of each format. */
const SIGNATURES = {
  'image/png': /^\x89PNG\r\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/webp': /^RIFF.{4}WEBP/s,
}

/** @returns the `data:` URL if it may be shown, otherwise undefined */
export function readLogo(logoUri: string | undefined): string | undefined {
  if (logoUri === undefined || logoUri.length > LOGO_DATA_LIMIT) return undefined
  const [, kind, data = ''] = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+=*)$/.exec(logoUri) ?? []
  const beginning = Buffer.from(data, 'base64').toString('latin1')
  return kind !== undefined && SIGNATURES[kind as keyof typeof SIGNATURES].test(beginning) ? logoUri : undefined
}
