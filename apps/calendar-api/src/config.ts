/** Environment in, typed configuration out. */
import { type Environment, readSecret, readSurroundings, type Surroundings } from '@glasshouse/shared/environment'

export interface Config extends Surroundings {
  /** This API's identifier, `CALENDAR_API_URL` exactly: the `aud` of the tokens it takes, and RFC 9728's `resource`. */
  resource: string
  /** Whose tokens it takes: their `iss`, `AUTH_SERVER_URL` exactly. */
  issuer: string
  /** With it this API asks the authorization server which tokens have ended. */
  calendarApiSecret: string
}

/** @throws ConfigError that names the variable and says what to do */
export function readConfig(env: Environment): Config {
  const surroundings = readSurroundings(env)
  return {
    ...surroundings,
    resource: surroundings.addresses.calendarApiUrl,
    issuer: surroundings.addresses.authServerUrl,
    calendarApiSecret: readSecret(env, 'CALENDAR_API_SECRET'),
  }
}
