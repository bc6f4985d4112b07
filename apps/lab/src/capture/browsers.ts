/**
 * Which cookies belong to one browser. On one host all parties share one cookie (RFC 6265 §8.5). Where the parties have hosts
 * of their own, a browser has another cookie at each, and two things tie them together:
 *
 * - **A code.** Accounts sends a browser on with an authorization code, and a browser arrives at Tripmate with it. Only the
 *   browser that got the code has it, so the two are one. (`state` would not do: an attacker can send somebody else through a
 *   request of the attacker's own, and would then see that person's messages.)
 * - **A link to the Lab.** A page of a service links to an exchange in the Lab. Its id is random, and only the pages of this
 *   browser show it while it is new (`visibility.ts`).
 */
import { createHash } from 'node:crypto'
import type { Addresses } from '@glasshouse/shared/environment'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import * as aliases from '../store/browser-aliases'
import type { Database } from '../store/schema'
import { headerOf, queryOf } from './read-message'

/** Answers that are under way, or whose other half was not reported. */
const REMEMBERED = 1_000

export class Browsers {
  /** Addresses with a code, by their hash: the browser that was sent there, and the one that arrived. */
  private readonly answers = new Map<string, { sent?: string; arrived?: string }>()

  private constructor(
    private readonly db: Database,
    private readonly addresses: Addresses,
    private readonly known: Map<string, string>,
  ) {}

  static async open(db: Database, addresses: Addresses): Promise<Browsers> {
    const rows = await aliases.all(db)
    return new Browsers(db, addresses, new Map(rows.map(({ browser, same_as }) => [browser, same_as])))
  }

  /** @param hash of a cookie @returns the one that stands for all cookies of this browser */
  of(hash: string): string {
    return this.known.get(hash) ?? hash
  }

  async join(browser: string, sameAs: string): Promise<void> {
    const target = this.of(sameAs)
    for (const [other, to] of this.known) if (to === browser) await this.remember(other, target)
    if (browser !== target) await this.remember(browser, target)
  }

  /** @param browser that took part in the exchange @returns two that turn out to be one: Accounts' and Tripmate's */
  joinedBy(exchange: ReportedExchange, browser: string): { from: string; to: string } | undefined {
    if (sameHost(this.addresses.authServerUrl, this.addresses.clientAppUrl)) return undefined
    const { service, request, response } = exchange
    const isAccounts = service === 'auth-server'
    const address = isAccounts
      ? response && headerOf(response, 'location')
      : this.addresses.clientAppUrl + request.target
    if (service === 'calendar-api' || !address || queryOf(address).code === undefined) return undefined
    const key = createHash('sha256').update(address).digest('base64url')
    const answer = { ...this.answers.get(key), ...(isAccounts ? { sent: browser } : { arrived: browser }) }
    this.answers.delete(key)
    this.answers.set(key, answer)
    const [oldest] = this.answers.keys()
    if (this.answers.size > REMEMBERED && oldest !== undefined) this.answers.delete(oldest)
    const [from, to] = [answer.sent && this.of(answer.sent), answer.arrived && this.of(answer.arrived)]
    return from && to && from !== to ? { from, to } : undefined
  }

  /** Forgets browsers whose runs have been removed. */
  async trim(): Promise<void> {
    for (const browser of await aliases.removeUnused(this.db)) this.known.delete(browser)
  }

  private async remember(browser: string, sameAs: string): Promise<void> {
    this.known.set(browser, sameAs)
    await aliases.add(this.db, { browser, same_as: sameAs })
  }
}

export function sameHost(one: string, other: string): boolean {
  return new URL(one).hostname === new URL(other).hostname
}
