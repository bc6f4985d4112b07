/** Free ports on loopback, for the scripts that start services of their own. */
import { createServer } from 'node:net'

/** Below the range that systems use for outgoing connections, so that a restarted service gets its port again. */
const [LOWEST, HIGHEST] = [20_000, 32_000]

/** @param {number} count @returns {Promise<number[]>} */
export async function freePorts(count) {
  const found = new Set()
  while (found.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

/** @param {number} port @returns {Promise<boolean>} */
export function isFree(port) {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
