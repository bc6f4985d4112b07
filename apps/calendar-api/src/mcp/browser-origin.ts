/**
 * The Origin check of MCP's Streamable HTTP transport ("Security Warning"), against DNS rebinding: a page of another host that
 * a browser takes for a page of this server. Such a page has an `http` origin, because its host has no certificate for ours.
 * Pages of `https` origins are ordinary clients: no browser adds the access token to their requests, so they bring their own.
 */
import { isLoopbackName } from '@glasshouse/shared/loopback'
import { hostOf } from '@glasshouse/shared/request-host'
import type { RequestHandler } from 'express'
import type { Config } from '../config'
import { Problem } from '../problem'

/** Mount it after `refuseForeignHosts`, so that the request's `Host` is one of ours. Programs send no Origin and pass. */
export function refuseUnsafeOrigins({ addresses }: Pick<Config, 'addresses'>): RequestHandler {
  const ours = Object.values(addresses).filter(Boolean)
  return (request, _response, next) => {
    const { origin } = request.headers
    if (origin === undefined || ours.includes(origin) || isSafe(origin, hostOf(request)?.hostname)) return next()
    throw new Problem(
      403,
      'A page of this origin may not use this address. Use https, or a page on the same host or on localhost.',
      { check: 'mcp.origin' },
    )
  }
}

/** @param host this server's name, as the client wrote it */
function isSafe(origin: string, host: string | undefined): boolean {
  // `null` is the origin of a page that has none to check, such as a sandboxed frame.
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return protocol !== 'http:' || isLoopbackName(hostname) || hostname === host
}
