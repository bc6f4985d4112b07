/** Listens on the port of the service's own URL and stops cleanly: what `main.ts` of each service does last. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { loadEnvFile } from './env-file'
import { readLogLevel, readSurroundings } from './environment'
import { messageClasses } from './express-app'
import { createLog, type Logger } from './log'
import { refuseMalformed } from './malformed-requests'
import { goDirectTo } from './no-proxy'

export interface Service {
  /** The origin it is reached at. */
  url: string
  stop(): Promise<void>
}

/**
 * @param handler the Express app
 * @param onStopping ends requests that are held open on purpose
 * @param onStop closes what the service holds (its store, its connections), after the last response was sent
 * @throws the system's own error (EADDRINUSE, EACCES) when the port is not available
 */
export async function serve(
  handler: RequestListener,
  options: {
    url: string
    hosts: string[]
    listenPort?: number | undefined
    log: Logger
    /** For tests, which cannot wait as long. */
    timeouts?: typeof TIMEOUTS
    onStopping?: () => void
    onStop: () => Promise<void>
  },
): Promise<Service> {
  const { port, protocol } = new URL(options.url)
  const portNumber = options.listenPort ?? Number(port || (protocol === 'https:' ? 443 : 80))
  const servers: Server[] = []
  for (const host of options.hosts) {
    // `malformed-requests.ts` checks the Host header.
    const settings = { ...(options.timeouts ?? TIMEOUTS), ...messageClasses, requireHostHeader: false }
    const server = createServer(settings, handler)
    // `body-limit.ts` sends 100 Continue, after the headers are checked.
    server.on('checkContinue', handler)
    refuseMalformed(server, options.log)
    try {
      await listen(server, portNumber, host)
      servers.push(server)
    } catch (error) {
      // A machine without IPv6 has no ::1; the other loopback address is enough.
      if (servers.length > 0 && isAddressUnavailable(error)) continue
      for (const other of servers) other.close()
      throw error
    }
  }
  return {
    url: options.url,
    async stop() {
      options.onStopping?.()
      await Promise.all(servers.map(stop))
      await options.onStop()
    },
  }
}

/** Limits for requests that arrive slowly, in milliseconds. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 2_000 }

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

function isAddressUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(String(error.code))
}

const STOP_WITHIN_MS = 3_000
const LOOK_FOR_IDLE_EVERY_MS = 25

async function stop(server: Server): Promise<void> {
  const closed = new Promise(resolve => server.close(resolve))
  // Repeatedly, because a connection becomes idle after its last response, and would delay the stop.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_EVERY_MS)
  const cut = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}

/**
 * Runs a service until SIGINT or SIGTERM. A start that fails says why in one line and exits with 1.
 * @param name of the service, for its log
 * @param start reads the configuration, opens the store and listens
 */
export async function runService(name: string, start: (log: Logger) => Promise<Service>): Promise<void> {
  let log = createLog(name, 'fatal')
  // Without this, V8 lets the heap double before it looks for what is no longer used, and a service takes up 200 MB.
  setFlagsFromString('--heap-growing-percent=25')
  // When a service becomes idle, Node 20 otherwise collects up to three times in a row. Later versions have no such flag.
  if (process.version.startsWith('v20.')) setFlagsFromString('--memory-reducer-single-gc')
  try {
    loadEnvFile()
    log = createLog(name, readLogLevel(process.env))
    goDirectTo(Object.values(readSurroundings(process.env).addresses).filter(Boolean))
    const service = await start(log)
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) return
        stopping = true
        service.stop().then(
          () => process.exit(0),
          error => {
            log.error({ error }, 'could not stop cleanly')
            process.exit(1)
          },
        )
      })
    }
    // Last, because a supervisor that reads this line may send a signal immediately.
    log.info({ url: service.url }, 'listening')
  } catch (error) {
    // The reason for a failed start is logged even with LOG_LEVEL=silent.
    createLog(name, 'fatal').fatal(explain(error))
    process.exit(1)
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port, address = '', hostname = '' } = error as NodeJS.ErrnoException & ListenError
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what listens there, or set another port in this service's URL.`
  }
  if (code === 'EACCES' && port) {
    return `This user may not listen on port ${port}. Set another port (1024 or higher) in this service's URL, or LISTEN_PORT.`
  }
  if (code && NOT_OUR_ADDRESS.includes(code)) {
    return `HOST=${hostname || address} is not an address of this machine (${code}). Use one of its own, or remove HOST.`
  }
  return error.message
}

interface ListenError {
  port?: number
  address?: string
  hostname?: string
}

const NOT_OUR_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN']
