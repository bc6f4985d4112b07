/**
 * Reads the file with this machine's settings and secrets: `.env` in the workspace, or the file that `ENV_FILE` names.
 * `scripts/lib/env-file.mjs` follows the same rules; it has its own code because it runs before anything is built.
 */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { ConfigError, workspaceRoot } from './environment'

/**
 * Loads the file into the environment. Variables that are already set take precedence. An empty `ENV_FILE` means no file.
 * @throws ConfigError naming a file that exists but cannot be read
 */
export function loadEnvFile(): void {
  const name = process.env.ENV_FILE ?? '.env'
  if (name === '') return
  for (const [variable, value] of Object.entries(readEnvFile(resolve(workspaceRoot(), name)))) {
    process.env[variable] ??= value
  }
}

/** @returns the settings in the file; an empty object if the file does not exist. @throws ConfigError */
export function readEnvFile(file: string): Record<string, string> {
  const bytes = read(file)
  if (!bytes) return {}
  return parseEnv(decode(bytes, file)) as Record<string, string>
}

function read(file: string): Buffer | undefined {
  try {
    if (statSync(file).isFile()) return readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError(
      `${file} cannot be read (${code}). Give the current user permission to read it, or set ENV_FILE to another file.`,
    )
  }
  throw new ConfigError(`${file} is not a regular file. Move it away, or set ENV_FILE to another file.`)
}

/** Drops a byte order mark at the beginning. */
function decode(bytes: Buffer, file: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // The error is thrown below.
  }
  throw new ConfigError(`${file} is not UTF-8 text; it may be UTF-16. Save it as UTF-8 in an editor, then try again.`)
}
