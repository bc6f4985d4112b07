/** Reads a JWT (RFC 7519 §3) without verifying it: anyone who has a token can read it. */
export interface ReadJwt {
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/** @returns undefined for anything that is not a JWT, such as an opaque token */
export function readJwt(token: string): ReadJwt | undefined {
  const [first, second, signature, ...more] = token.split('.')
  const header = first && readPart(first)
  const claims = second && readPart(second)
  return header && claims && signature !== undefined && more.length === 0 ? { header, claims } : undefined
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
