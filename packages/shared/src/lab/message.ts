/** Builds the two messages of an exchange as they are reported. */
import { BODY_LIMIT_BYTES, type ReportedMessage } from './exchange'
import {
  withoutSecretsInHeader,
  withoutSecretsInJson,
  withoutSecretsInPairs,
  withoutSecretsInUrl,
} from './never-recorded'

type RawHeaders = Record<string, string | number | readonly string[] | undefined>

/** A body's pieces, as they pass by. Only the first ones are kept, but all are counted. */
export class BodyPieces {
  private readonly pieces: Buffer[] = []
  private kept = 0
  bytes = 0

  add(piece: unknown, encoding?: unknown): void {
    if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) return
    const buffer =
      typeof piece === 'string'
        ? Buffer.from(piece, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(piece)
    this.bytes += buffer.length
    if (this.kept >= KEPT_BYTES) return
    this.pieces.push(buffer)
    this.kept += buffer.length
  }

  text(): string {
    return Buffer.concat(this.pieces).toString('utf8')
  }
}

/** More than is reported, so that JSON of usual length can still be parsed to remove what must not be recorded. */
const KEPT_BYTES = 1024 * 1024

export function describeMessage(headers: RawHeaders, body: BodyPieces): ReportedMessage {
  const text = body.bytes > 0 ? readableBody(String(headers['content-type'] ?? ''), body.text()) : undefined
  const cut = text !== undefined && Buffer.byteLength(text) > BODY_LIMIT_BYTES
  return {
    headers: listHeaders(headers),
    bodyBytes: body.bytes,
    ...(text !== undefined && { body: cut ? Buffer.from(text).subarray(0, BODY_LIMIT_BYTES).toString('utf8') : text }),
    ...(cut && { cut }),
  }
}

export function describeTarget(target: string): string {
  return withoutSecretsInUrl(target)
}

/** Forms and JSON. A page is what the user looks at anyway, and it may show a new client secret. */
function readableBody(contentType: string, text: string): string | undefined {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return withoutSecretsInPairs(text)
  if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) return withoutSecretsInJson(text)
  return undefined
}

function listHeaders(headers: RawHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([rawName, value]) => {
    const name = rawName.toLowerCase()
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value]
    return values.map((one): [string, string] => [name, withoutSecretsInHeader(name, String(one))])
  })
}
