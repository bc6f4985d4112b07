/**
 * Refuses a request that was sent to a name that is not ours (421, RFC 9110 §15.5.20), which stops DNS rebinding: an attacker's
 * page on `evil.example` first loads from the attacker's server, then has the name point to this one. To the browser both are
 * the same site, so the page could read every answer. The `Host` header still says `evil.example`, and a page cannot change it.
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
 * Mount it right behind the security headers, before anything is answered.
 * @param party the service that answers: the refusal says where it is
 */
export function refuseForeignHosts(
  surroundings: Pick<Surroundings, 'addresses' | 'hosts' | 'allowedHosts'>,
  party: Party,
  log: Logger,
): RequestHandler {
  const isOurs = ourHosts(surroundings)
  return (request, response, next) => {
    const host = hostOf(request)
    // Every browser names the host, so an old client that does not (HTTP/1.0) cannot have been rebound.
    if (host === undefined || isOurs(host.hostname)) return next()
    logRefusal(log, response, 'http.host', 'The Host header names none of our hosts', { status: 421 })
    refuse(request, response, party)
  }
}

/** The three configured origins, loopback names, `HOST` and `ALLOWED_HOSTS`; on any port, since several copies may run. */
function ourHosts({ addresses, hosts, allowedHosts }: Pick<Surroundings, 'addresses' | 'hosts' | 'allowedHosts'>) {
  const names = new Set(Object.values(addresses).map(address => new URL(address).hostname.replace(/\.$/, '')))
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
  const detail = `The Host header does not name ${name}, which is at ${origin}. ALLOWED_HOSTS can add other names.`
  response.type('application/problem+json').send(JSON.stringify({ title: 'Misdirected Request', status: 421, detail }))
}

/** The usual pages cannot be shown here: their stylesheet would have to come from this address, which is refused as well. */
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
<p>The name in your browser’s address bar leads here, but it is not one of ours, so nothing was shown and nothing was changed.</p>
<p><a href="${origin}/">Go to ${origin}</a></p>
<p><small>If you run this service and want it to answer to this name, add the name to the variable ALLOWED_HOSTS.</small></p>
</main>
</html>
`
}

const STYLE = 'body{font:1rem/1.55 system-ui,sans-serif;margin:0}main{max-width:34rem;margin:auto;padding:2rem 1.5rem}'

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
