/** The learner's bets, in a cookie: nothing about a learner is stored here. */
import type { Request, Response } from 'express'
import { STOPS } from './stops'

const COOKIE = 'glasshouse.tour'
/** Cookies ignore ports, so the path keeps it away from the other services. */
const OPTIONS = { path: '/tour', httpOnly: true, sameSite: 'lax' } as const
const MAX_AGE_MS = 12 * 60 * 60 * 1000

/** The number of an answer, or `skipped` by someone who would rather not bet. */
export type Bet = 0 | 1 | 2 | 'skipped'

export type Bets = Partial<Record<string, Bet>>

const LETTERS: Record<string, Bet> = { a: 0, b: 1, c: 2, s: 'skipped' }

/** @returns undefined for anything that is not the letter of an answer */
export function readBet(letter: unknown): Bet | undefined {
  return typeof letter === 'string' && Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined
}

export function readBets(request: Request): Bets {
  const [, text = ''] = /(?:^|;\s*)glasshouse\.tour=([a-z.-]*)(?:;|$)/.exec(request.headers.cookie ?? '') ?? []
  const bets: Bets = {}
  for (const { id } of STOPS) {
    const [, letter] = new RegExp(`(?:^|\\.)${id}-([a-z])(?:\\.|$)`).exec(text) ?? []
    const bet = readBet(letter)
    if (bet !== undefined) bets[id] = bet
  }
  return bets
}

/** Stores the bets with one more, or with one less. */
export function keepBet(request: Request, response: Response, stopId: string, bet: Bet | undefined): void {
  const bets = { ...readBets(request), [stopId]: bet }
  const letterOf = (one: Bet) => Object.keys(LETTERS).find(letter => LETTERS[letter] === one)
  const text = STOPS.flatMap(({ id }) => {
    const one = bets[id]
    return one === undefined ? [] : [`${id}-${letterOf(one)}`]
  }).join('.')
  response.cookie(COOKIE, text, { ...OPTIONS, maxAge: MAX_AGE_MS })
}

export function forgetBets(response: Response): void {
  response.clearCookie(COOKIE, OPTIONS)
}
