/** Reads the configuration from the environment. */
import { type Environment, readSecret, readSurroundings, type Surroundings } from '@glasshouse/shared/environment'

export interface Config extends Surroundings {
  /** This API's identifier, exactly `CALENDAR_API_URL`: the `aud` of its access tokens, and the `resource` of RFC 9728. */
  resource: string
  /** The `iss` of its access tokens, exactly `AUTH_SERVER_URL`. */
  issuer: string
  /** This API's `client_secret` at the authorization server, which tells it which tokens were withdrawn. */
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
