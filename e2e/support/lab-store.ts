/** Searches the Lab's store for what must never be in it: passwords, client secrets, and whole values that still open something. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '@glasshouse/shared/database'
import { migrations } from '../../apps/lab/dist/store/migrations'
import type { Database, Schema } from '../../apps/lab/dist/store/schema'
import { ALICE, BOB } from './people'
import type { Stack } from './stack'

/** @returns what was found, in words; empty if all is well */
export async function leaksInLab(stack: Stack): Promise<string[]> {
  const store = await openStore<Schema>(
    { service: 'lab', dataDir: stack.dataDir, databaseUrl: stack.database?.url },
    migrations,
  )
  try {
    const held = stack.database ? [Buffer.from(await everything(store.db))] : bytesOf(join(stack.dataDir, 'lab.sqlite'))
    return [...neverThere(stack, held), ...(await stillAlive(stack, store.db))]
  } finally {
    await store.close()
  }
}

/** With what was deleted, but is still in the file. */
function bytesOf(file: string): Buffer[] {
  return [file, `${file}-wal`].filter(existsSync).map(name => readFileSync(name))
}

async function everything(db: Database): Promise<string> {
  const tables = ['runs', 'exchanges', 'secret_values', 'follows', 'browser_aliases'] as const
  return JSON.stringify(await Promise.all(tables.map(table => db.selectFrom(table).selectAll().execute())))
}

function neverThere({ env }: Stack, held: Buffer[]): string[] {
  const secrets = Object.entries(env).filter(([name]) => /SECRET|KEY/.test(name))
  const forbidden = [['alice’s password', ALICE.password], ['bob’s password', BOB.password], ...secrets] as [
    string,
    string,
  ][]
  return forbidden.filter(([, value]) => held.some(one => one.includes(value))).map(([name]) => name)
}

/** Every token that is there in full has to be dead: the authorization server is asked. */
async function stillAlive(stack: Stack, db: Database): Promise<string[]> {
  const values = await db.selectFrom('secret_values').selectAll().where('plain', 'is not', null).execute()
  const exchanges = await db.selectFrom('exchanges').select(['client_end', 'server_end']).execute()
  const texts = exchanges.flatMap(({ client_end, server_end }) => [client_end ?? '', server_end ?? ''])
  const stray = texts.flatMap(text => text.match(/eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g) ?? [])
  const tokens = values.filter(({ kind }) => kind === 'access_token' || kind === 'refresh_token')
  const found: string[] = []
  for (const token of [...stray, ...tokens.map(({ plain }) => plain ?? '')]) {
    if (await isActive(stack, token)) found.push(`a token that is still good: …${token.slice(-6)}`)
  }
  return found
}

async function isActive({ authServer, env }: Stack, token: string): Promise<boolean> {
  const credentials = Buffer.from(`calendar-api:${env.CALENDAR_API_SECRET}`).toString('base64')
  const response = await fetch(`${authServer}/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    headers: { Authorization: `Basic ${credentials}` },
  }).catch(() => undefined)
  if (!response?.ok) return false
  return ((await response.json()) as { active?: boolean }).active === true
}
