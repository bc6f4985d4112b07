/** Jest's global tear-down of the project `postgres`. */
import { once } from 'node:events'
import { rmSync } from 'node:fs'

export default async function stopPostgres() {
  const { server, folder } = globalThis.glasshousePostgres
  const gone = once(server, 'close')
  server.kill('SIGINT') // PostgreSQL's "fast shutdown": ends open sessions
  await gone
  rmSync(folder, { recursive: true, force: true })
}
