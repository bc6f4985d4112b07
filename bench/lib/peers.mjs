/** The contestants that are not Glasshouse, each a program in `servers/`. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { Program } from './programs.mjs'

/**
 * @param {string} name @param {string} file in `servers/` @param {string} folder for its data and log
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ program: Program, contestant: import('./workloads.mjs').Contestant }>}
 */
export async function startPeer(name, file, folder, env = {}) {
  const [port] = await freePorts(1)
  const own = join(folder, name.replace(/\W+/g, '-'))
  mkdirSync(own, { recursive: true })
  const origin = `http://localhost:${port}`
  const client = { id: 'bench', secret: randomBytes(32).toString('base64url') }
  const redirectUri = 'https://app.bench.example/callback'
  const program = await Program.start({
    name,
    args: [join(import.meta.dirname, '../servers', file)],
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      CLIENT_ID: client.id,
      CLIENT_SECRET: client.secret,
      REDIRECT_URI: redirectUri,
      DATABASE: join(own, 'store.sqlite'),
      ...env,
    },
    log: join(own, 'server.log'),
    url: `http://127.0.0.1:${port}/healthz`,
  })
  return { program, contestant: { accounts: origin, calendar: origin, client, redirectUri } }
}
