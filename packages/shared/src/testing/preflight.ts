/** What a browser asks before a page sends a request to another origin (Fetch standard, CORS-preflight). */

export interface Preflight {
  status: number
  allowed: { methods: string[]; headers: string[] }
  /** All that is said about CORS, by lower-case name. */
  cors: Record<string, string>
}

export async function preflight(url: string, method: string, requestHeaders: string[] = []): Promise<Preflight> {
  const response = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': method,
      ...(requestHeaders.length > 0 && { 'Access-Control-Request-Headers': requestHeaders.join(',').toLowerCase() }),
    },
  })
  const cors = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')))
  const list = (name: string) => (cors[`access-control-allow-${name}`] ?? '').split(', ')
  return { status: response.status, allowed: { methods: list('methods'), headers: list('headers') }, cors }
}

/** What interface.md promises to a page of any origin, wherever no cookie is used. */
export const ADMITTED = ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'MCP-Protocol-Version']
export const EXPOSED = ['ETag', 'Location', 'WWW-Authenticate']
