/**
 * A small load balancer for tests. It sends requests to the copies of a service in turn and skips a copy that does not
 * listen. If no copy listens, it closes the connection, as if no server were there.
 */
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'

/** What passed through: for a test that compares it with what somebody else recorded. */
export interface Passed {
  method: string
  target: string
  status: number
}

export interface Balancer {
  /** Ends every connection and stops listening. */
  close(): void
}

/** `localhost` is either of these. */
const LOOPBACK = ['127.0.0.1', '::1']

/** @param port where it listens @param copies the ports of the copies, on loopback @param note is told of each exchange */
export async function startBalancer(
  port: number,
  copies: number[],
  note: (passed: Passed) => void = () => {},
): Promise<Balancer> {
  // A connection of its own for each request: a copy that was killed leaves no dead connection to be used again.
  const agent = new Agent({ keepAlive: false })
  let turn = 0
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    turn += 1
    const inOrder = copies.map((_, index) => copies[(turn + index) % copies.length] as number)
    outgoing.once('close', () =>
      note({ method: incoming.method ?? '', target: incoming.url ?? '', status: outgoing.statusCode }),
    )
    passOn(incoming, outgoing, inOrder, agent)
  }
  const servers: Server[] = []
  for (const host of LOOPBACK) {
    const server = createServer(handle).listen(port, host)
    await once(server, 'listening')
    servers.push(server)
  }
  return {
    close() {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

/** The body is sent on only once a copy has been reached, so the next one can still be tried. */
function passOn(incoming: IncomingMessage, outgoing: ServerResponse, copies: number[], agent: Agent): void {
  const [port, ...others] = copies
  if (port === undefined) {
    outgoing.destroy()
    return
  }
  const { method, url, headers } = incoming
  const forwarded = {
    ...headers,
    'x-forwarded-for': incoming.socket.remoteAddress ?? '',
    'x-forwarded-proto': 'http',
  }
  const ours = request({ host: '127.0.0.1', port, method, path: url, headers: forwarded, agent })
  ours.once('socket', socket => socket.once('connect', () => incoming.pipe(ours)))
  ours.once('response', answer => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(outgoing)
    answer.once('error', () => outgoing.destroy())
  })
  ours.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') passOn(incoming, outgoing, others, agent)
    else outgoing.destroy() // the copy was killed while it handled the request
  })
  outgoing.once('close', () => ours.destroy())
}
