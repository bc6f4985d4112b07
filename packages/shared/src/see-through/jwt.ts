/** Decodes a JWT for display. Nothing is verified here: that is the resource server's task. */
import { JWT_MEMBERS } from './explanations'
import type { SpecReference } from './spec'

export interface ExplainedMember {
  name: string
  /** For a time, the date in words as well. */
  value: string
  in: 'header' | 'claims'
  meaning: string
  spec?: SpecReference
}

export interface DescribedJwt {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  explained: ExplainedMember[]
  /** Says what the third part is, and why it is not shown. */
  signatureNote: string
}

const TIMES = new Set(['exp', 'iat', 'nbf'])

/**
 * @returns header and claims of a JWT (RFC 7519 §3), without its signature, so that nobody can use the result as a
 * token. Undefined for anything that is not a JWT, e.g. an opaque token.
 */
export function describeJwt(token: string): DescribedJwt | undefined {
  const [first, second, signature, ...more] = token.split('.')
  const header = first && decodePart(first)
  const claims = second && decodePart(second)
  if (!header || !claims || signature === undefined || more.length > 0) return undefined
  return {
    header,
    claims,
    explained: [...explain(header, 'header'), ...explain(claims, 'claims')],
    signatureNote: `The third part, the signature (${signature.length} characters), is left out, so that nobody can copy a working token from this page. The header and the claims are encoded but not encrypted: anyone who has the token can read them.`,
  }
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function explain(members: Record<string, unknown>, where: 'header' | 'claims'): ExplainedMember[] {
  return Object.entries(members).map(([name, value]) => {
    const explanation = Object.hasOwn(JWT_MEMBERS, name) ? JWT_MEMBERS[name] : undefined
    return {
      name,
      value: inWords(name, value),
      in: where,
      ...(explanation ?? { meaning: 'RFC 9068 does not define this member.' }),
    }
  })
}

function inWords(name: string, value: unknown): string {
  if (!TIMES.has(name) || typeof value !== 'number' || Math.abs(value) > 8.64e12) {
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
  const time = new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${value} (${time} UTC)`
}
