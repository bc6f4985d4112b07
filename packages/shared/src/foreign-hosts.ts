/**
 * Refuses a request for a host name that is not ours (421, RFC 9110 §15.5.20), which stops DNS rebinding: an attacker's page
 * on `evil.example` first loads from the attacker's server, then the name is pointed at this one. To the browser both are
 * the same site, so the page could read every response. The `Host` header still says `evil.example`, and a page cannot change it.
 */
import { createHash } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import type { Request, RequestHandler, Response } from 'express'
import type { Surroundings } from './environment'
import type { Logger } from './log'
import { isLoopbackName } from './loopback'
import type { Party } from './pages'
import { logRefusal } from './refusal-log'
import { hostOf } from './request-host'

/**
 * Mount it directly after the security headers, before everything that sends responses.
 * @param party the service that answers: the refusal names its address
 */
export function refuseForeignHosts(
  surroundings: Pick<Surroundings, 'addresses' | 'hosts' | 'allowedHosts'>,
  party: Party,
  log: Logger,
): RequestHandler {
  const isOurs = ourHosts(surroundings)
  return (request, response, next) => {
    const host = hostOf(request)
    // Every browser sends Host, so a client without it (HTTP/1.0) is not a victim of rebinding.
    if (host === undefined || isOurs(host.hostname)) return next()
    logRefusal(log, response, 'http.host', 'The Host header is not one of our host names', { status: 421 })
    refuse(request, response, party)
  }
}

/** The three configured origins, loopback names, `HOST` and `ALLOWED_HOSTS`; on any port, because several copies may run. */
function ourHosts({ addresses, hosts, allowedHosts }: Pick<Surroundings, 'addresses' | 'hosts' | 'allowedHosts'>) {
  const origins = Object.values(addresses).filter(Boolean)
  const names = new Set(origins.map(origin => new URL(origin).hostname.replace(/\.$/, '')))
  const networks = new BlockList()
  for (const host of [...hosts, ...allowedHosts]) {
    const [address = '', bits] = host.split('/')
    const version = isIP(address)
    if (version === 0) names.add(host.toLowerCase())
    else networks.addSubnet(address, Number(bits ?? (version === 4 ? 32 : 128)), version === 4 ? 'ipv4' : 'ipv6')
  }
  return (hostname: string): boolean => {
    if (names.has(hostname) || isLoopbackName(hostname)) return true
    const address = hostname.replace(/^\[|\]$/g, '')
    const version = isIP(address)
    return version !== 0 && networks.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

function refuse(request: Request, response: Response, { name, origin }: Party): void {
  response.status(421).set('Cache-Control', 'no-store')
  if (request.accepts(['json', 'html']) === 'html') {
    response.set('Content-Security-Policy', POLICY).type('html').send(page(name, origin))
    return
  }
  const detail = `The Host header does not name ${name}, which is at ${origin}. To accept other names, set ALLOWED_HOSTS.`
  response.type('application/problem+json').send(JSON.stringify({ title: 'Misdirected Request', status: 421, detail }))
}

/** A standalone page: the usual stylesheet would be requested from this same address and refused. */
function page(name: string, origin: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Wrong address · ${name}</title>
<style>${STYLE}</style>
<main>
<p>421</p>
<h1>This is not the address of ${name}</h1>
<p>The name in your browser’s address bar is not one of ours, so your request was refused. Nothing was changed.</p>
<p><a href="${origin}/">Go to ${origin}</a></p>
<p><small>If you run this service and want to use this name, add it to the variable ALLOWED_HOSTS.</small></p>
</main>
</html>
`
}

const STYLE = 'body{font:1rem/1.55 system-ui,sans-serif;margin:0}main{max-width:34rem;margin:auto;padding:2rem 1.5rem}'

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
