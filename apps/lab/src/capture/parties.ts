/** Who sent a message to whom, and by which channel. */
import { calendarApi, tripmate } from '@glasshouse/shared/cast'
import type { Addresses } from '@glasshouse/shared/environment'
import type { ReportedExchange, ReportingService } from '@glasshouse/shared/lab/exchange'
import { clientIdOf, headerOf } from './read-message'

/** A lifeline of the diagram, the Lab on a learner's behalf, or the id of another client. */
export type Sender = 'browser' | ReportingService | 'lab' | (string & {})

/** The `User-Agent` of the Lab's own calls. Without it, a call with Tripmate's token would look like one of Tripmate's. */
export const LAB_AGENT = 'Glasshouse-Lab'

export interface Route {
  from: Sender
  to: ReportingService
  /** Front: through the browser, where the user and anyone at the screen can see it. Back: from server to server. */
  channel: 'front' | 'back'
}

/** Both ends of an exchange; at least one is there. */
export interface Ends {
  client?: ReportedExchange
  server?: ReportedExchange
}

/** @param program the client whose run this is, if it is a program's: the token that names it may be masked by now */
export function routeOf({ client, server }: Ends, addresses: Addresses, program?: string | null): Route {
  const to = server?.service ?? serviceAt(client?.origin, addresses)
  if (client) return { from: client.service, to, channel: 'back' }
  if (server?.browser) return { from: 'browser', to, channel: 'front' }
  if (server && headerOf(server.request, 'user-agent') === LAB_AGENT) return { from: 'lab', to, channel: 'back' }
  const id = (server && clientIdOf(server)) ?? program
  const ours: Record<string, Sender> = { [tripmate.id]: 'client-app', [calendarApi.id]: 'calendar-api' }
  return { from: (id && (ours[id] ?? id)) || 'program', to, channel: 'back' }
}

function serviceAt(origin: string | undefined, addresses: Addresses): ReportingService {
  const services: Record<string, ReportingService> = {
    [addresses.clientAppUrl]: 'client-app',
    [addresses.authServerUrl]: 'auth-server',
    [addresses.calendarApiUrl]: 'calendar-api',
  }
  return services[origin ?? ''] ?? 'auth-server'
}
