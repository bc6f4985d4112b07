/** Reads the configuration from the environment variables. */
import {
  ConfigError,
  type Environment,
  readSecret,
  readSurroundings,
  type Surroundings,
} from '@glasshouse/shared/environment'

export interface Config extends Surroundings {
  /** Tripmate's `client_secret` (RFC 6749 §2.3.1). */
  clientSecret: string
  /** The URI that the authorization response is sent to, exactly as registered (RFC 6749 §3.1.2). */
  redirectUri: string
  sessionSecret: string
  /** The AES-256-GCM key for stored tokens. */
  encryptionKey: Buffer
  /** How long any response of the authorization server or the calendar may take, in milliseconds. */
  httpTimeoutMs: number
}

const KEY_BYTES = 32
const HTTP_TIMEOUT_MS = 5_000

/** @throws ConfigError that names the variable and says what to do */
export function readConfig(env: Environment): Config {
  const surroundings = readSurroundings(env)
  return {
    ...surroundings,
    clientSecret: readSecret(env, 'TRIPMATE_CLIENT_SECRET'),
    redirectUri: `${surroundings.addresses.clientAppUrl}/callback`,
    sessionSecret: readSecret(env, 'TRIPMATE_SESSION_SECRET'),
    encryptionKey: readKey(env, 'TRIPMATE_ENCRYPTION_KEY'),
    httpTimeoutMs: readTimeout(env, 'TRIPMATE_HTTP_TIMEOUT_MS'),
  }
}

function readKey(env: Environment, name: string): Buffer {
  const key = Buffer.from(readSecret(env, name), 'base64url')
  if (key.length !== KEY_BYTES) {
    throw new ConfigError(
      `${name} must be ${KEY_BYTES} random bytes in base64url, for example from "openssl rand -base64 32 | tr '+/' '-_' | tr -d '='".`,
    )
  }
  return key
}

function readTimeout(env: Environment, name: string): number {
  const text = env[name]
  if (!text) return HTTP_TIMEOUT_MS
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1 || value > 60_000) {
    throw new ConfigError(`${name}=${text} is invalid. Set it to a whole number of milliseconds from 1 to 60000.`)
  }
  return value
}
