/** How often one browser may have the Lab send a token: enough for anyone who clicks, too few for a program. */
import type { Clock } from '@glasshouse/shared/clock'

const WINDOW_MS = 60_000
const SENDS = 30
/** The browsers that are remembered. */
const REMEMBERED = 1_000

export class SendLimit {
  private readonly sent = new Map<string, number[]>()

  constructor(private readonly clock: Clock) {}

  /** Counts one. @returns whether it is allowed */
  allows(browser: string): boolean {
    const now = this.clock()
    const recent = (this.sent.get(browser) ?? []).filter(at => at > now - WINDOW_MS)
    if (recent.length >= SENDS) return false
    this.sent.delete(browser)
    this.sent.set(browser, [...recent, now])
    const [oldest] = this.sent.keys()
    if (this.sent.size > REMEMBERED && oldest !== undefined) this.sent.delete(oldest)
    return true
  }
}
