/** Sends what was recorded to the Lab: fire and forget, in batches, from a queue that never grows beyond its limit. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Report, ReportedExchange } from './exchange'

/** How long a report waits for others to be sent with it. */
const COLLECT_FOR_MS = 40
/** Waiting exchanges, and characters in their bodies. More are dropped and counted. */
const QUEUE_LIMIT = 500
const QUEUE_LIMIT_CHARACTERS = 4 * 1024 * 1024
/** In one request. */
const BATCH_LIMIT = 50
const NO_ANSWER_AFTER_MS = 10_000
/** After a failure, and after each further one twice as long, so that a Lab that is down costs nothing. */
const PAUSE_MS = { atFirst: 500, atMost: 4_000 }

export class Reporter {
  private queue: ReportedExchange[] = []
  private characters = 0
  private dropped = 0
  private timer: NodeJS.Timeout | undefined
  private pause = PAUSE_MS.atFirst
  private readonly url: URL
  private readonly agent: HttpAgent | HttpsAgent

  /** @param labUrl the Lab's origin */
  constructor(labUrl: string) {
    this.url = new URL('/reports', labUrl)
    const options = { keepAlive: true, maxSockets: 1 }
    this.agent = this.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
  }

  /** Whether the Lab is so far behind, or so long down, that nothing more is kept for it. */
  get isFull(): boolean {
    return this.queue.length >= QUEUE_LIMIT || this.characters >= QUEUE_LIMIT_CHARACTERS
  }

  /** Counts an exchange that is not reported. */
  drop(): void {
    this.dropped += 1
  }

  /** @param describe is called only if there is room, because it costs more than all else here */
  add(describe: () => ReportedExchange): void {
    if (this.isFull) this.drop()
    else {
      const exchange = describe()
      this.queue.push(exchange)
      this.characters += charactersIn(exchange)
    }
    this.schedule(COLLECT_FOR_MS)
  }

  private schedule(ms: number): void {
    this.timer ??= setTimeout(() => void this.send(), ms).unref()
  }

  /** One request at a time: the timer stays set until the answer is there. A batch that fails is sent again later. */
  private async send(): Promise<void> {
    const exchanges = this.queue.slice(0, BATCH_LIMIT)
    const report: Report = { exchanges, dropped: this.dropped }
    const arrived = await this.post(JSON.stringify(report))
    if (arrived) {
      this.queue.splice(0, exchanges.length)
      for (const exchange of exchanges) this.characters -= charactersIn(exchange)
      this.dropped -= report.dropped
    }
    this.timer = undefined
    if (this.queue.length > 0) this.schedule(arrived ? 0 : this.pause)
    this.pause = arrived ? PAUSE_MS.atFirst : Math.min(2 * this.pause, PAUSE_MS.atMost)
  }

  private post(body: string): Promise<boolean> {
    return new Promise(resolve => {
      const send = this.url.protocol === 'https:' ? httpsRequest : httpRequest
      const request = send(this.url, {
        method: 'POST',
        agent: this.agent,
        timeout: NO_ANSWER_AFTER_MS,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      })
      request.on('socket', socket => socket.unref())
      request.on('response', response => {
        response.resume()
        response.on('close', () => resolve(response.statusCode === 204))
      })
      request.on('timeout', () => request.destroy())
      request.on('error', () => resolve(false))
      request.end(body)
    })
  }
}

function charactersIn({ request, response }: ReportedExchange): number {
  return (request.body?.length ?? 0) + (response?.body?.length ?? 0)
}
