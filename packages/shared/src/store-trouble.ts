/** Why a store cannot be opened, in one line that names the file or the variable and says what to do. */
import { join } from 'node:path'
import type { StoreLocation } from './database'
import { StoreUnavailable } from './store-unavailable'

/** The store cannot be opened. The message is for the operator. */
export class StoreTrouble extends Error {}

/**
 * @param thrown what the driver or the system threw
 * @param file the file in `dataDir` that could not be opened, if it is not the service's database
 * @returns what to throw instead; the original error if there is no better explanation
 */
export function explainStoreTrouble(thrown: unknown, location: StoreLocation, file?: string): unknown {
  const error = thrown instanceof StoreUnavailable ? thrown.cause : thrown
  if (!isError(error) || error instanceof StoreTrouble) return error
  const explain = location.databaseUrl ? explainPostgres : explainSqlite
  const text = explain({ error, code: codeOf(error) }, location, file)
  return text ? new StoreTrouble(text, { cause: error }) : error
}

/** Checked by shape: SqliteError is not a class that extends Error. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value
}

interface Trouble {
  error: Error
  code: string
}

/** For a host with two addresses, Node reports one error per address; only those have a code. */
function codeOf(error: Error & { code?: string; errors?: { code?: string }[] }): string {
  return error.code ?? error.errors?.[0]?.code ?? ''
}

const ANOTHER_FOLDER = 'set DATA_DIR to another folder'

function explainSqlite({ error, code }: Trouble, { service, dataDir }: StoreLocation, name?: string) {
  const file = join(dataDir, name ?? `${service}.sqlite`)
  const newer = newerMigration(error)
  if (newer)
    return `${file} was written by a newer version of Glasshouse (${newer}). Run that version, or ${ANOTHER_FOLDER}.`
  if (code === 'ERR_DLOPEN_FAILED' || /^Could not locate the bindings file/.test(error.message)) {
    return `better-sqlite3 is not built for Node ${process.version}. Run "npm start", which builds it, or "npx pnpm rebuild better-sqlite3".`
  }
  if (/^(EEXIST|ENOTDIR)$/.test(code))
    return `DATA_DIR=${dataDir} is a file or inside a file, not a folder. ${capital(ANOTHER_FOLDER)}.`
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) {
    return `DATA_DIR=${dataDir} cannot be created (${code}). Create it for the current user, or ${ANOTHER_FOLDER}.`
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code)) {
    return `${file} cannot be written (${code}). Give the current user write permission for the file and its folder, or ${ANOTHER_FOLDER}.`
  }
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) {
    return `${file} is damaged, or is not a SQLite file (${code}). Restore it from a backup, or move it away to start with fresh data.`
  }
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)$/.test(code))
    return `The disk is full: ${file} cannot grow. Free some space, or ${ANOTHER_FOLDER}.`
  if (/^SQLITE_IOERR/.test(code)) {
    return `${file} cannot be read or written (${code}). Check whether the disk is full or faulty, or ${ANOTHER_FOLDER}.`
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return `Another program has locked ${file}. Stop that program, or ${ANOTHER_FOLDER}.`
  return undefined
}

/** By PostgreSQL error code (appendix A of its manual) or system error code. */
const POSTGRES: Record<string, (where: string) => string> = {
  '28P01': where => `${where} rejected the user name or password in DATABASE_URL. Correct DATABASE_URL.`,
  '28000': where =>
    `${where} does not allow the user in DATABASE_URL to connect. Correct DATABASE_URL, or pg_hba.conf on that server.`,
  '3D000': where => `${where} does not exist. Create this database, or correct DATABASE_URL.`,
  '42501': where =>
    `The user in DATABASE_URL may not create a schema in ${where}. Run GRANT CREATE ON DATABASE for this user.`,
  '53300': where => `${where} has no free connection. Close some connections, or raise max_connections on that server.`,
}

function explainPostgres({ error, code }: Trouble, { service, databaseUrl = '' }: StoreLocation) {
  const where = shown(databaseUrl)
  if (!where) return 'DATABASE_URL is not a URL such as postgres://user:password@localhost:5432/glasshouse. Correct it.'
  const newer = newerMigration(error)
  if (newer) {
    return `The schema ${service.replaceAll('-', '_')} at ${where} was written by a newer version of Glasshouse (${newer}). Run that version, or set DATABASE_URL to another database.`
  }
  const known = POSTGRES[code]
  if (known) return known(where)
  if (/^E[A-Z_]+$/.test(code)) {
    return `Cannot reach PostgreSQL at ${where} (${code}). Start it, or correct DATABASE_URL.`
  }
  if (/password must be a string/.test(error.message)) return `${where} requires a password. Add it to DATABASE_URL.`
  if (/does not support SSL/.test(error.message))
    return `${where} does not support TLS. Remove sslmode from DATABASE_URL.`
  return `Cannot use PostgreSQL at ${where} (DATABASE_URL): ${error.message}`
}

/** @returns host or socket, and database, without user and password; undefined if this is not a URL */
function shown(databaseUrl: string): string | undefined {
  if (!URL.canParse(databaseUrl)) return undefined
  const { host, pathname, searchParams } = new URL(databaseUrl)
  const socket = searchParams.get('host')
  return socket ? `${socket}, database ${pathname.slice(1)}` : `${host || 'localhost'}${pathname}`
}

/** Reads Kysely's message about a migration that this version does not know. @returns the migration's name */
function newerMigration({ message }: Error): string | undefined {
  return /^corrupted migrations: previously executed migration (\S+) is missing/.exec(message)?.[1]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
