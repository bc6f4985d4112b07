/**
 * The lever "let the access token expire" of the Lab, in demo mode only: for one token, this API's clock runs ahead. You can skip
 * this file: nothing else depends on it, and in production none of it can be reached.
 */
import type { Clock } from '@glasshouse/shared/clock'
import { fromThisMachine } from '@glasshouse/shared/lab/demo-levers'
import express, { type Request, Router } from 'express'
import type { Context } from './context'

/** Longer than any token lives. */
const AHEAD_MS = 100 * 365 * 24 * 60 * 60 * 1000
/** The newest tokens that are remembered. */
const REMEMBERED = 1_000

/** The time by which access tokens are judged: the clock's, unless a learner has let the token expire. */
export class TokenClock {
  private readonly expired = new Set<string>()

  constructor(private readonly clock: Clock) {}

  /** @returns milliseconds since the epoch */
  at(jti: string): number {
    return this.expired.has(jti) ? this.clock() + AHEAD_MS : this.clock()
  }

  expire(jti: string): void {
    this.expired.add(jti)
    const [oldest] = this.expired
    if (this.expired.size > REMEMBERED && oldest !== undefined) this.expired.delete(oldest)
  }
}

export function demoLevers({ tokenClock, endedTokens }: Context): Router {
  const router = Router()
  router.use(fromThisMachine, express.urlencoded({ extended: false, limit: '4kb' }))

  router.post('/expire', (request, response) => {
    tokenClock.expire(textField(request.body, 'jti'))
    response.set('Cache-Control', 'no-store').status(204).end()
  })

  /** What this API would say now to a genuine token with this `jti` and this `exp`. */
  router.get('/lights', async (request: Request, response) => {
    const jti = textField(request.query, 'jti')
    const expiresAt = Number(textField(request.query, 'exp')) * 1000
    const upToDate = await endedTokens.upToDate()
    const accessToken =
      tokenClock.at(jti) >= expiresAt
        ? 'expired'
        : endedTokens.has(jti)
          ? 'ended'
          : upToDate
            ? 'accepted'
            : 'cannot be checked'
    response.set('Cache-Control', 'no-store').json({ accessToken })
  })
  return router
}

function textField(fields: Record<string, unknown> | undefined, name: string): string {
  const value = fields?.[name]
  return typeof value === 'string' ? value : ''
}
