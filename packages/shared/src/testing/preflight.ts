/** The preflight request that a browser sends before a cross-origin request (Fetch standard, CORS-preflight). */

export interface Preflight {
  status: number
  allowed: { methods: string[]; headers: string[] }
  /** All CORS headers of the response, by lower-case name. */
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

/** The headers that a page of any origin may send and read, wherever no cookie is used. */
export const ADMITTED = [
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'MCP-Protocol-Version',
  'Last-Event-ID',
]
export const EXPOSED = ['ETag', 'Location', 'WWW-Authenticate']
