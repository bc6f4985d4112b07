/** The host that a request was sent to, as the client wrote it. A proxy's `X-Forwarded-Host` is ignored. */
import type { Request } from 'express'
import { remember } from './remember'

/**
 * RFC 9112 §3.2.2: the target's own host if it has one, and the `Host` header otherwise.
 * @returns undefined for an HTTP/1.0 request that names no host; without a hostname for one that `URL` cannot read
 */
export function hostOf({ originalUrl, headers }: Request): { hostname: string; port: string } | undefined {
  const host = /^https?:\/\/([^/?#]*)/i.exec(originalUrl)?.[1] ?? headers.host
  return host === undefined ? undefined : readHost(host)
}

/** A service has few names, and each request has one of them. */
const readHost = remember(100, (host: string) => {
  const address = `http://${host}`
  if (!URL.canParse(address)) return { hostname: '', port: '' }
  const { hostname, port } = new URL(address)
  // RFC 1034 §3.1: a name may end in a dot, for the root.
  return { hostname: hostname.replace(/\.$/, ''), port: port || '80' }
})
