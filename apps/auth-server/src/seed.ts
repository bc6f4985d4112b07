/** Creates what must exist from the start: the resource server and, in demo mode, alice, bob, Tripmate and the calendar's two pages. */

import { alice, apiPage, bob, calendarApi, calendarPage, tripmate } from '@glasshouse/shared/cast'
import { type Clock, seconds } from '@glasshouse/shared/clock'
import type { Config } from './config'
import { hashPassword } from './passwords'
import type { Client } from './protocol/client'
import { KNOWN_SCOPES } from './protocol/scope'
import * as clients from './store/clients'
import type { Database } from './store/schema'
import * as users from './store/users'
import { hashToken } from './tokens/opaque-token'

/** The passwords that the sign-in page and the README name. */
const DEMO_PEOPLE = [
  { ...alice, password: 'wonderland' },
  { ...bob, password: 'builder' },
]

const OPERATORS_OWN = {
  authenticationMethod: 'client_secret_basic',
  applicationType: 'web',
  requirePkce: false,
  logoUri: undefined,
  contacts: [],
  jwks: undefined,
  vouchedFor: true,
  firstParty: false,
} as const satisfies Partial<Client>

export async function seed(db: Database, config: Config, clock: Clock): Promise<void> {
  const now = seconds(clock)
  await clients.put(
    db,
    {
      ...calendarApi,
      ...OPERATORS_OWN,
      type: 'confidential',
      secretHash: hashToken(config.calendarApiSecret),
      redirectUris: [],
      grantTypes: [],
      scope: KNOWN_SCOPES,
      resource: config.addresses.calendarApiUrl,
      clientUri: config.addresses.calendarApiUrl,
    },
    now,
  )
  if (!config.demo) return
  await clients.put(
    db,
    {
      ...tripmate,
      ...OPERATORS_OWN,
      type: 'confidential',
      secretHash: hashToken(config.tripmateClientSecret),
      redirectUris: [`${config.addresses.clientAppUrl}/callback`],
      grantTypes: ['authorization_code', 'refresh_token'],
      scope: KNOWN_SCOPES,
      resource: undefined,
      clientUri: config.addresses.clientAppUrl,
    },
    now,
  )
  const { calendarApiUrl } = config.addresses
  await clients.put(
    db,
    {
      ...apiPage,
      ...OPERATORS_OWN,
      type: 'public',
      authenticationMethod: 'none',
      requirePkce: true,
      redirectUris: [`${calendarApiUrl}/docs/callback`],
      grantTypes: ['authorization_code'],
      scope: KNOWN_SCOPES,
      resource: undefined,
      clientUri: `${calendarApiUrl}/docs`,
    },
    now,
  )
  await clients.put(
    db,
    {
      ...calendarPage,
      ...OPERATORS_OWN,
      type: 'public',
      authenticationMethod: 'none',
      firstParty: true,
      requirePkce: true,
      redirectUris: [`${calendarApiUrl}/callback`],
      grantTypes: ['authorization_code', 'refresh_token'],
      scope: KNOWN_SCOPES,
      resource: undefined,
      clientUri: calendarApiUrl,
    },
    now,
  )
  for (const { password, ...person } of DEMO_PEOPLE) {
    if (!(await users.find(db, person.id))) await users.add(db, person, await hashPassword(password))
  }
}
