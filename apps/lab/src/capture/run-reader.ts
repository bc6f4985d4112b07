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
import * as runs from '../store/runs'
import type { Database } from '../store/schema'
import { inPlace, type Message, messagesOf, type ReadExchange, readExchange } from './messages'

/** The runs that were read last are kept in memory: about 10 MB each, if they are as long as a run may be. */
const KEPT_RUNS = 4

/** What has been read of a run. */
interface Kept {
  exchanges: Map<string, ReadExchange>
  numbers: Map<string, number>
  /** The highest version among them. */
  version: number
  /** The client, if it is the run of a program that said who it is. */
  program: string | null | undefined
}

export class RunReader {
  private readonly runs = new Map<string, Kept>()
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly db: Database,
    private readonly addresses: Addresses,
  ) {}

  /** @returns the messages in the order of cause */
  read(runId: string): Promise<Message[]> {
    // One at a time: two pages that are opened at once must not give different numbers.
    const turn = this.last.then(() => this.readInTurn(runId))
    this.last = turn.catch(() => {})
    return turn
  }

  /** For exchanges that were removed from the store. */
  forget(runId: string): void {
    this.runs.delete(runId)
  }

  private async readInTurn(runId: string): Promise<Message[]> {
    const kept = await this.bringUpToDate(runId)
    const messages = messagesOf(kept)
    const missing = inPlace(messages.filter(({ shown, number }) => shown && number === undefined))
    if (missing.length === 0) return messages
    const first = 1 + [...kept.numbers.values()].reduce((highest, number) => Math.max(highest, number), 0)
    const given = missing.map(({ id }, index): [id: string, number: number] => [id, first + index])
    await exchanges.giveNumbers(this.db, given)
    for (const [id, number] of given) kept.numbers.set(id, number)
    for (const message of missing) message.number = kept.numbers.get(message.id)
    return messages
  }

  private async bringUpToDate(runId: string): Promise<Kept> {
    const kept = this.runs.get(runId) ?? {
      exchanges: new Map(),
      numbers: new Map(),
      version: 0,
      program: (await runs.find(this.db, runId))?.client,
    }
    this.keep(runId, kept)
    for (const row of await exchanges.changedSince(this.db, runId, kept.version)) {
      kept.version = Math.max(kept.version, Number(row.version))
      if (row.number !== null) kept.numbers.set(row.id, row.number)
      const read = readExchange(row, this.addresses, kept.program)
      if (read) kept.exchanges.set(row.id, read)
    }
    return kept
  }

  private keep(runId: string, run: Kept): void {
    this.runs.delete(runId)
    this.runs.set(runId, run)
    const [oldest] = this.runs.keys()
    if (this.runs.size > KEPT_RUNS && oldest !== undefined) this.runs.delete(oldest)
  }
}
