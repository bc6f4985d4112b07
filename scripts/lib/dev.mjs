/** What `pnpm dev` does, in order. */
import { build, compiler } from './build.mjs'
import { listenAddresses, readCast, requireFreePorts } from './cast.mjs'
import { withEnvFile } from './env-file.mjs'
import { whileHoldingData } from './hold-data.mjs'
import { install } from './install.mjs'
import { readOptions } from './options.mjs'
import { runScript } from './refusal.mjs'
import { serve, writeSecrets } from './start.mjs'

/** @param {string[]} args of the command line */
export function dev(args) {
  return runScript(async () => {
    readOptions('pnpm dev', {}, args)
    const env = withEnvFile(process.env)
    const cast = readCast(env)
    await requireFreePorts(cast, listenAddresses(env))
    await install()
    writeSecrets()
    const folders = cast.map(({ folder }) => `apps/${folder}`)
    await build(folders)
    whileHoldingData(cast, env, () => {})
    const services = cast.map(({ name, folder }) => ({
      name,
      command: [process.execPath, '--watch', '--watch-preserve-output', `apps/${folder}/dist/main.js`],
    }))
    const tsc = { name: 'tsc', command: [await compiler(), '-b', '--watch', '--preserveWatchOutput', ...folders] }
    return serve(cast, [...services, tsc], { ...process.env, NODE_ENV: 'development' })
  })
}
