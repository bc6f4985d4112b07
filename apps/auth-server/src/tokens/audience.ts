/** Resource indicators in a token request (RFC 8707 §2.2): what was asked for, looked up among what there is. */
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

/** What a request that names no resource means: the calendar. */
export function defaultAudience({ config }: Context): Audience {
  return [config.addresses.calendarApiUrl]
}
