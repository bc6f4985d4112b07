/** Why a store cannot be opened, in one line that names the file or the variable and says what to do. */
import { join } from 'node:path'
import type { StoreLocation } from './database'
import { StoreUnavailable } from './store-unavailable'

/** The store cannot be opened. The message is for the operator. */
export class StoreTrouble extends Error {}

/**
 * @param thrown what the driver or the system threw
 * @param file the file in `dataDir` that was to be opened, when that is not the service's own
 * @returns what to throw instead; the error itself when nothing better can be said
 */
export function explainStoreTrouble(thrown: unknown, location: StoreLocation, file?: string): unknown {
  const error = thrown instanceof StoreUnavailable ? thrown.cause : thrown
  if (!isError(error) || error instanceof StoreTrouble) return error
  const explain = location.databaseUrl ? explainPostgres : explainSqlite
  const text = explain({ error, code: codeOf(error) }, location, file)
  return text ? new StoreTrouble(text, { cause: error }) : error
}

/** By its shape: SqliteError is made in the old way. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value
}

interface Trouble {
  error: Error
  code: string
}

/** A host with two addresses fails with an error for each, and a code only there. */
function codeOf(error: Error & { code?: string; errors?: { code?: string }[] }): string {
  return error.code ?? error.errors?.[0]?.code ?? ''
}

const ANOTHER_FOLDER = 'set DATA_DIR to another folder'

function explainSqlite({ error, code }: Trouble, { service, dataDir }: StoreLocation, name?: string) {
  const file = join(dataDir, name ?? `${service}.sqlite`)
  const newer = newerMigration(error)
  if (newer)
    return `${file} was written by a newer version of Glasshouse (${newer}). Run that one, or ${ANOTHER_FOLDER}.`
  if (code === 'ERR_DLOPEN_FAILED' || /^Could not locate the bindings file/.test(error.message)) {
    return `better-sqlite3 is not built for Node ${process.version}. Run "npm start", which builds it, or "npx pnpm rebuild better-sqlite3".`
  }
  if (/^(EEXIST|ENOTDIR)$/.test(code))
    return `DATA_DIR=${dataDir} is not a folder, or lies in a file. ${capital(ANOTHER_FOLDER)}.`
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) {
    return `DATA_DIR=${dataDir} cannot be made (${code}). Make it for this user, or ${ANOTHER_FOLDER}.`
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code)) {
    return `${file} cannot be written (${code}). Give this user the right to write it and its folder, or ${ANOTHER_FOLDER}.`
  }
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) {
    return `${file} is damaged, or is not a SQLite file (${code}). Restore it from a backup, or move it away to begin with fresh data.`
  }
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)$/.test(code))
    return `The disk is full: ${file} cannot grow. Make room, or ${ANOTHER_FOLDER}.`
  if (/^SQLITE_IOERR/.test(code)) {
    return `${file} cannot be read or written (${code}). Check whether the disk is full or faulty, or ${ANOTHER_FOLDER}.`
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return `Another program has locked ${file}. Stop it, or ${ANOTHER_FOLDER}.`
  return undefined
}

/** By PostgreSQL's own code (its manual, appendix A), or the system's. */
const POSTGRES: Record<string, (where: string) => string> = {
  '28P01': where => `${where} refuses the user name or password in DATABASE_URL. Correct it.`,
  '28000': where => `${where} does not let the user in DATABASE_URL in. Correct it, or pg_hba.conf there.`,
  '3D000': where => `${where} has no such database. Create it, or correct DATABASE_URL.`,
  '42501': where => `The user in DATABASE_URL may not create a schema at ${where}. GRANT CREATE ON DATABASE to it.`,
  '53300': where => `${where} has no connection left for DATABASE_URL. Close some, or raise max_connections there.`,
}

function explainPostgres({ error, code }: Trouble, { service, databaseUrl = '' }: StoreLocation) {
  const where = shown(databaseUrl)
  if (!where) return 'DATABASE_URL is not a URL such as postgres://user:password@localhost:5432/glasshouse. Correct it.'
  const newer = newerMigration(error)
  if (newer) {
    return `The schema ${service.replaceAll('-', '_')} at ${where} was written by a newer version of Glasshouse (${newer}). Run that one, or set DATABASE_URL to another database.`
  }
  const known = POSTGRES[code]
  if (known) return known(where)
  if (/^E[A-Z_]+$/.test(code)) {
    return `PostgreSQL cannot be reached at ${where} (${code}). Start it, or correct DATABASE_URL.`
  }
  if (/password must be a string/.test(error.message)) return `${where} asks for a password. Put one in DATABASE_URL.`
  if (/does not support SSL/.test(error.message)) return `${where} has no TLS. Leave sslmode out of DATABASE_URL.`
  return `PostgreSQL at ${where} (DATABASE_URL) could not be used: ${error.message}`
}

/** @returns where it leads, without the user and the password; undefined for what is not a URL */
function shown(databaseUrl: string): string | undefined {
  if (!URL.canParse(databaseUrl)) return undefined
  const { host, pathname } = new URL(databaseUrl)
  return `${host || 'localhost'}${pathname}`
}

/** Kysely's words for a migration in the data that the code does not know. @returns its name */
function newerMigration({ message }: Error): string | undefined {
  return /^corrupted migrations: previously executed migration (\S+) is missing/.exec(message)?.[1]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
