/**
 * Carries what happened across a redirect: a form is answered with a redirect, and the page after it says what the form did.
 * Kept in memory for a moment, by browser and by the page that the redirect leads to.
 */
import type { SeenExchange } from './summary'

/** The page after a redirect is asked for at once. */
const KEPT_FOR_MS = 30_000
/** Redirects whose page is never asked for are forgotten, the oldest first. */
const MOST_KEPT = 200
/** How many redirects in a row are told. */
const LONGEST_CHAIN = 5

export class Redirects {
  private readonly kept = new Map<string, { exchanges: SeenExchange[]; until: number }>()

  /** @param target the path and query that the browser is sent to */
  keep(browser: string, target: string, exchanges: SeenExchange[]): void {
    const key = `${browser} ${target}`
    this.kept.delete(key)
    this.kept.set(key, { exchanges: exchanges.slice(-LONGEST_CHAIN), until: Date.now() + KEPT_FOR_MS })
    const [oldest] = this.kept.keys()
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest)
  }

  /** Once: a page that is loaded again tells only of itself. */
  take(browser: string, target: string): SeenExchange[] {
    const key = `${browser} ${target}`
    const found = this.kept.get(key)
    this.kept.delete(key)
    return found && found.until > Date.now() ? found.exchanges : []
  }
}
