/** A proxy for PostgreSQL that can lose a response: the server has done the work, but the service does not learn of it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface PostgresProxy {
  /** The database's URL through this proxy. */
  url: string
  /** Breaks the connection of the next transaction once the server has answered its `commit`. */
  loseNextCommit(): void
  stop(): void
}

export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(databaseUrl)
  const open = new Set<Socket>()
  let losing = false
  const proxy = createServer(service => {
    const database = connect(Number(port), hostname)
    let committing = false
    service.on('data', chunk => {
      if (losing && /\bcommit\b/i.test(chunk.toString('latin1'))) {
        losing = false
        committing = true
      }
      database.write(chunk)
    })
    database.on('data', chunk => (committing ? service.destroy() : service.write(chunk)))
    for (const [socket, other] of [
      [service, database],
      [database, service],
    ] as const) {
      open.add(socket)
      socket.on('error', () => {}) // one side was disconnected
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return {
    url: url.href,
    loseNextCommit() {
      losing = true
    },
    stop() {
      proxy.close()
      for (const socket of open) socket.destroy()
    },
  }
}
