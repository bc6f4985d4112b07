/** The file that keeps this machine's settings and secrets: `.env`, or the one that ENV_FILE names. */
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ROOT } from './workspace.mjs'

/** 256 bits each; the encryption key has to be exactly 32 bytes (AES-256). */
const SECRET_BYTES = 32

const SECRETS = {
  SESSION_SECRET: 'signs the session cookies of Glasshouse Accounts',
  TRIPMATE_SESSION_SECRET: 'signs the session cookies of Tripmate',
  TRIPMATE_CLIENT_SECRET: 'Tripmate’s client_secret at the authorization server',
  TRIPMATE_ENCRYPTION_KEY: 'encrypts the tokens that Tripmate keeps',
  CALENDAR_API_SECRET: 'the calendar API’s own secret at the authorization server',
}

/** @param {Record<string, string | undefined>} env @returns {string | undefined} undefined: ENV_FILE is empty, so no file is read or written */
export function envFilePath(env) {
  const name = env.ENV_FILE ?? '.env'
  return name === '' ? undefined : resolve(ROOT, name)
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Record<string, string | undefined>} the file's settings, below what `env` already says
 */
export function withEnvFile(env) {
  const file = envFilePath(env)
  return file && existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...env } : { ...env }
}

/**
 * Adds fresh random values for the secrets that neither the file nor `env` has. What is there is never touched.
 * @param {Record<string, string | undefined>} env
 * @returns {{ file: string, created: boolean, added: string[] } | undefined} undefined: there was nothing to add
 */
export function addMissingSecrets(env) {
  const file = envFilePath(env)
  const known = withEnvFile(env)
  const added = Object.keys(SECRETS).filter(name => !known[name])
  if (!file || added.length === 0) return undefined
  const created = !existsSync(file)
  const lines = added.map(name => `# ${SECRETS[name]}\n${name}=${randomBytes(SECRET_BYTES).toString('base64url')}\n`)
  if (created) {
    const heading = '# Made by "npm start" for this machine alone. Keep it out of git. README.md lists every setting.\n'
    writeFileSync(file, heading + lines.join(''), { mode: 0o600, flag: 'wx' })
  } else {
    const before = readFileSync(file, 'utf8')
    appendFileSync(file, (before === '' || before.endsWith('\n') ? '' : '\n') + lines.join(''))
  }
  return { file, created, added }
}
