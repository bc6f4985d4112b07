/** Tells open pages that a run has grown. In memory only: after a break, a page says which version it shows and gets what it missed (`endpoints/live.ts`). */
import { EventEmitter } from 'node:events'

export class News {
  private readonly emitter = new EventEmitter().setMaxListeners(0)

  /** @param runId of the run that has grown @param exchangeIds that are new or have changed */
  publish(runId: string, exchangeIds: string[]): void {
    this.emitter.emit(runId, exchangeIds)
  }

  /** @returns a function that ends the subscription */
  subscribe(runId: string, listener: (exchangeIds: string[]) => void): () => void {
    this.emitter.on(runId, listener)
    return () => void this.emitter.off(runId, listener)
  }

  /** For a service that stops: open streams end. */
  onClose(listener: () => void): () => void {
    this.emitter.once('close', listener)
    return () => void this.emitter.off('close', listener)
  }

  close(): void {
    this.emitter.emit('close')
  }
}
