/** `pnpm --filter auth-server keys rotate`: manages the signing keys while the server is running. */
import { type Clock, systemClock } from '@glasshouse/shared/clock'
import { openStore } from '@glasshouse/shared/database'
import { loadEnvFile } from '@glasshouse/shared/env-file'
import { type Config, readConfig } from './config'
import { migrations } from './store/migrations'
import type { Schema } from './store/schema'
import { KeyRing } from './tokens/signing-keys'

const USAGE = `keys list                  shows the signing keys
keys rotate                publishes a new key, which signs from a minute later: valid tokens keep working
keys rotate --compromised  replaces all keys at once, if one was stolen: every token they signed becomes invalid`

/**
 * @param args the words after `keys`
 * @returns the exit code
 */
export async function runKeysCommand(
  args: string[],
  config: Config,
  print: (line: string) => void,
  clock: Clock = systemClock,
): Promise<number> {
  const [command, option, ...rest] = args
  const rotates = command === 'rotate' && (option === undefined || option === '--compromised')
  const lists = command === 'list' && option === undefined
  if ((!rotates && !lists) || rest.length > 0) {
    print(USAGE)
    return 2
  }
  const store = await openStore<Schema>({ service: 'auth-server', ...config }, migrations)
  try {
    const keys = new KeyRing(store.db, config, clock)
    if (rotates) await (option ? keys.replaceAll() : keys.rotate())
    for (const { kid, algorithm, signsFrom, signsUntil, publishedUntil } of await keys.states()) {
      const until =
        signsUntil === Infinity ? '' : ` until ${inWords(signsUntil)}, published until ${inWords(publishedUntil)}`
      print(`${kid}  ${algorithm}  signs from ${inWords(signsFrom)}${until}`)
    }
    return 0
  } finally {
    await store.close()
  }
}

/** @param time seconds since the epoch */
function inWords(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000', '')
}

if (require.main === module) {
  Promise.resolve()
    .then(() => {
      loadEnvFile()
      return runKeysCommand(process.argv.slice(2), readConfig(process.env), line => console.log(line))
    })
    .then(
      code => {
        process.exitCode = code
      },
      error => {
        console.error(error instanceof Error ? error.message : error)
        process.exitCode = 1
      },
    )
}
