/** Resource indicators in a token request (RFC 8707 §2.2), looked up among the registered resource servers. */
import type { Context } from '../context'
import type { Parameters } from '../protocol/parameters'
import { type Audience, readAudience } from '../protocol/resource'
import * as clients from '../store/clients'

/**
 * @returns undefined when the request names no resource
 * @throws OAuthError `invalid_target`
 */
export async function askedAudience({ db }: Context, parameters: Parameters): Promise<Audience | undefined> {
  const sent = parameters.all('resource')
  return sent.length === 0 ? undefined : readAudience(sent, await clients.resourceServers(db))
}

/** The audience of a request that names no resource: the calendar. */
export function defaultAudience({ config }: Context): Audience {
  return [config.addresses.calendarApiUrl]
}
