/**
 * Reads the messages of a run. Two things make it more than a query:
 *
 * **Numbers stay.** A message gets its number when it is first read as one that is shown; a later one that belongs further up
 * gets a higher number, so that "message 8" means the same message tomorrow.
 *
 * **A long run is read once.** A page that is open asks again with every message that arrives. What was read before is kept,
 * and only the exchanges that are new or have changed are read from the store.
 */
import type { Addresses } from '@glasshouse/shared/environment'
import * as exchanges from '../store/exchanges'
import type { Database } from '../store/schema'
import { inPlace, type Message, messagesOf, type ReadExchange, readExchange } from './messages'

/** The runs that were read last are kept in memory: about 10 MB each, if they are as long as a run may be. */
const KEPT_RUNS = 8

interface Kept {
  version: number
  /** Undefined for a row that says nothing. */
  read: ReadExchange | undefined
}

export class RunReader {
  private readonly kept = new Map<string, Map<string, Kept>>()
  private numbering: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly db: Database,
    private readonly addresses: Addresses,
  ) {}

  /** @returns the messages in the order of cause */
  async read(runId: string): Promise<Message[]> {
    const messages = await this.readOnce(runId)
    if (withoutNumber(messages).length === 0) return messages
    // One at a time: two pages that are opened at once must not give different numbers.
    const turn = this.numbering.then(() => this.giveNumbers(runId))
    this.numbering = turn.catch(() => {})
    return turn
  }

  private async giveNumbers(runId: string): Promise<Message[]> {
    const messages = await this.readOnce(runId)
    const missing = withoutNumber(messages)
    const highest = messages.reduce((most, { number }) => Math.max(most, number ?? 0), 0)
    for (const [index, message] of missing.entries()) message.number = highest + 1 + index
    const ids = missing.map(({ id }) => id)
    if (ids.length > 0) await exchanges.giveNumbers(this.db, ids, highest + 1)
    return messages
  }

  private async readOnce(runId: string): Promise<Message[]> {
    const outline = await exchanges.outlineOf(this.db, runId)
    const before = this.kept.get(runId)
    const changed = outline.filter(({ id, version }) => before?.get(id)?.version !== Number(version))
    const rows = await exchanges.withIds(
      this.db,
      changed.map(({ id }) => id),
    )
    const fresh = new Map<string, Kept>(
      rows.map(row => [row.id, { version: Number(row.version), read: readExchange(row, this.addresses) }]),
    )
    const now = new Map(
      outline.flatMap(({ id }): [string, Kept][] => {
        const one = fresh.get(id) ?? before?.get(id)
        return one ? [[id, one]] : []
      }),
    )
    this.keep(runId, now)
    const numbers = new Map(outline.map(({ id, number }) => [id, number ?? undefined]))
    return messagesOf(
      [...now.values()].flatMap(({ read }) => read ?? []),
      id => numbers.get(id),
    )
  }

  private keep(runId: string, run: Map<string, Kept>): void {
    this.kept.delete(runId)
    this.kept.set(runId, run)
    const [oldest] = this.kept.keys()
    if (this.kept.size > KEPT_RUNS && oldest !== undefined) this.kept.delete(oldest)
  }
}

function withoutNumber(messages: Message[]): Message[] {
  return inPlace(messages).filter(({ shown, number }) => shown && number === undefined)
}
