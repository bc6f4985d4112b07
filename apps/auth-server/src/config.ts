/** Reads the configuration from the environment variables. */
import {
  ConfigError,
  type Environment,
  readSeconds,
  readSecret,
  readSurroundings,
  type Surroundings,
} from '@glasshouse/shared/environment'

export type SigningAlgorithm = 'ES256' | 'RS256'

export interface Config extends Surroundings {
  /** This server's identifier, `AUTH_SERVER_URL` exactly (RFC 8414 §2). */
  issuer: string
  signingAlgorithm: SigningAlgorithm
  /** In seconds. A signing key that has reached this age is replaced. */
  signingKeyMaxAge: number
  /** In seconds. RFC 6749 §4.1.2 allows a code at most 600. */
  authorizationCodeTtl: number
  /** In seconds. */
  accessTokenTtl: number
  /** In seconds, counted again from each use. */
  refreshTokenTtl: number
  sessionSecret: string
  tripmateClientSecret: string
  calendarApiSecret: string
  /** Who may use `/register` (RFC 7591 §3): everyone, only holders of the initial access token, or no one. */
  registration: 'open' | { initialAccessToken: string } | 'closed'
}

const DAY_S = 24 * 60 * 60

/** @throws ConfigError that names the variable and says how to fix it */
export function readConfig(env: Environment): Config {
  const surroundings = readSurroundings(env)
  return {
    ...surroundings,
    issuer: surroundings.addresses.authServerUrl,
    signingAlgorithm: readSigningAlgorithm(env),
    signingKeyMaxAge: readSeconds(env, 'SIGNING_KEY_MAX_AGE', 90 * DAY_S),
    authorizationCodeTtl: readSeconds(env, 'AUTHORIZATION_CODE_TTL', 60, 600),
    accessTokenTtl: readSeconds(env, 'ACCESS_TOKEN_TTL', 3600),
    refreshTokenTtl: readSeconds(env, 'REFRESH_TOKEN_TTL', 30 * DAY_S),
    sessionSecret: readSecret(env, 'SESSION_SECRET'),
    tripmateClientSecret: readSecret(env, 'TRIPMATE_CLIENT_SECRET'),
    calendarApiSecret: readSecret(env, 'CALENDAR_API_SECRET'),
    registration: readRegistration(env, surroundings.demo),
  }
}

function readRegistration(env: Environment, demo: boolean): Config['registration'] {
  if (demo) return 'open'
  if (!env.INITIAL_ACCESS_TOKEN) return 'closed'
  const initialAccessToken = readSecret(env, 'INITIAL_ACCESS_TOKEN')
  // RFC 6750 §2.1: a token with any other character cannot be sent as a bearer token (b64token).
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(initialAccessToken)) {
    throw new ConfigError(
      'INITIAL_ACCESS_TOKEN contains a character that is not allowed in a bearer token. Use only letters and digits.',
    )
  }
  return { initialAccessToken }
}

function readSigningAlgorithm(env: Environment): SigningAlgorithm {
  const name = env.SIGNING_ALG || 'ES256'
  if (name !== 'ES256' && name !== 'RS256')
    throw new ConfigError(`SIGNING_ALG=${name} is not supported. Set it to ES256 or RS256.`)
  return name
}
