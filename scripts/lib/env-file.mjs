/**
 * The file with this machine's settings and secrets: `.env`, or the file that ENV_FILE names. The services read it by the
 * same rules (`packages/shared/src/env-file.ts`).
 */
import { randomBytes } from 'node:crypto'
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { Refusal } from './refusal.mjs'
import { ROOT } from './workspace.mjs'

/** 256 bits each; the encryption key must be exactly 32 bytes (AES-256). */
const SECRET_BYTES = 32

const SECRETS = {
  SESSION_SECRET: 'signs the session cookies of Glasshouse Accounts',
  TRIPMATE_SESSION_SECRET: 'signs the session cookies of Tripmate',
  TRIPMATE_CLIENT_SECRET: 'Tripmate’s client_secret at the authorization server',
  TRIPMATE_ENCRYPTION_KEY: 'encrypts the tokens that Tripmate stores',
  CALENDAR_API_SECRET: 'the calendar API’s own secret at the authorization server',
}

/** @param {Record<string, string | undefined>} env @returns {string | undefined} undefined: ENV_FILE is empty, so no file is read or written */
export function envFilePath(env) {
  const name = env.ENV_FILE ?? '.env'
  return name === '' ? undefined : resolve(ROOT, name)
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Record<string, string | undefined>} the file's settings and `env`, which takes precedence
 * @throws {Refusal} naming a file that exists and cannot be read
 */
export function withEnvFile(env) {
  const file = envFilePath(env)
  return { ...parseEnv((file && readText(file)) || ''), ...env }
}

/**
 * Adds fresh random values for the secrets that neither the file nor `env` contains. Existing values never change.
 * @param {Record<string, string | undefined>} env
 * @returns {{ file: string, created: boolean, added: string[] } | undefined} undefined if no secret was missing
 * @throws {Refusal} naming a file that cannot be read or written
 */
export function addMissingSecrets(env) {
  const file = envFilePath(env)
  const known = withEnvFile(env)
  const added = Object.keys(SECRETS).filter(name => !known[name])
  if (!file || added.length === 0) return undefined
  const before = readText(file)
  const lines = added.map(name => `# ${SECRETS[name]}\n${name}=${randomBytes(SECRET_BYTES).toString('base64url')}\n`)
  try {
    if (before === undefined) {
      const heading =
        '# Created by "npm start" for this machine only. Keep it out of git. README.md lists every setting.\n'
      writeFileSync(file, heading + lines.join(''), { mode: 0o600, flag: 'wx' })
    } else {
      appendFileSync(file, (before === '' || before.endsWith('\n') ? '' : '\n') + lines.join(''))
    }
  } catch (error) {
    throw new Refusal(
      `${file} cannot be written (${error.code}), so fresh secrets cannot be stored. Set ENV_FILE to a file that this user may write, or set ${added.join(', ')} in the environment.`,
    )
  }
  return { file, created: before === undefined, added }
}

/**
 * @param {string} file @returns {string | undefined} without a byte order mark; undefined if the file does not exist
 * @throws {Refusal} if it exists and cannot be read
 */
function readText(file) {
  const bytes = readBytes(file)
  if (!bytes) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Reported below.
  }
  throw new Refusal(`${file} is not UTF-8 text; it may be UTF-16. Save it as UTF-8 in an editor, then try again.`)
}

/** @param {string} file @returns {Buffer | undefined} */
function readBytes(file) {
  try {
    if (statSync(file).isFile()) return readFileSync(file)
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw new Refusal(
      `${file} cannot be read (${error.code}). Give the current user permission to read it, or set ENV_FILE to another file.`,
    )
  }
  throw new Refusal(`${file} is not a regular file. Move it away, or set ENV_FILE to another file.`)
}
