/**
 * Asks the three services what still works. Nothing is guessed from the messages: each light is what the service itself says,
 * of the session that this browser has there, or of the token with this id (docs/decisions/the-levers.md).
 */
import type { Addresses } from '@glasshouse/shared/environment'
import type { TokensOfRun } from './tokens'

/** A service that does not answer leaves its lights unknown. */
export interface Answers {
  tripmate: { session: boolean; connected: boolean } | undefined
  accounts: { signedInAs: string | null; isGrantor: boolean; consent: boolean; refreshToken: boolean } | undefined
  calendar: { accessToken: 'accepted' | 'expired' | 'ended' | 'cannot be checked' } | undefined
}

const NO_ANSWER_AFTER_MS = 2_000

/** @param cookies those of the browser: on one host they are shared by all ports, so the Lab receives them too */
export async function askServices(addresses: Addresses, cookies: string, tokens: TokensOfRun): Promise<Answers> {
  const { accessToken, grant } = tokens
  const [tripmate, accounts, calendar] = await Promise.all([
    ask<Answers['tripmate']>(addresses.clientAppUrl, {}, only(cookies, 'tripmate.sid')),
    ask<Answers['accounts']>(addresses.authServerUrl, grant ? { grant } : {}, only(cookies, 'glasshouse-accounts.sid')),
    accessToken
      ? ask<Answers['calendar']>(addresses.calendarApiUrl, { jti: accessToken.jti, exp: String(accessToken.exp) }, '')
      : undefined,
  ])
  return { tripmate, accounts, calendar }
}

async function ask<T>(origin: string, query: Record<string, string>, cookie: string): Promise<T | undefined> {
  try {
    const response = await fetch(`${origin}/demo/lights?${new URLSearchParams(query)}`, {
      headers: { Accept: 'application/json', ...(cookie && { Cookie: cookie }) },
      redirect: 'error',
      signal: AbortSignal.timeout(NO_ANSWER_AFTER_MS),
    })
    return response.ok ? ((await response.json()) as T) : undefined
  } catch {
    return undefined
  }
}

/** No service is sent another one's cookie. */
function only(cookies: string, name: string): string {
  return cookies
    .split(/;\s*/)
    .filter(pair => pair.startsWith(`${name}=`))
    .join('; ')
}
