/**
 * Calls between our own parties go direct. With NODE_USE_ENV_PROXY=1, Node (from version 22 on) would send them to
 * HTTP_PROXY or HTTPS_PROXY, which cannot reach this machine's loopback, and could read the tokens.
 */

const VARIABLES = ['no_proxy', 'NO_PROXY']

/** Exempts these origins from any proxy that the environment names. Node's `fetch` looks at each request. */
export function goDirectTo(origins: string[], env: Record<string, string | undefined> = process.env): void {
  const hosts = origins.map(origin => new URL(origin).host)
  for (const name of VARIABLES) env[name] = [env[name], ...hosts].filter(Boolean).join(',')
}
