/** The load: clients that get and redeem codes, create events, refresh and revoke, and record every response. */
import { createRequire } from 'node:module'
import { delay } from '../lib/wait.mjs'
import { Ledger } from './ledger.mjs'

/** A service that is restarted under load answers again within this time; a kill closes its connections at once. */
const TIMEOUT_MS = 10_000
const PAUSE_MS = 20

/** How long a client waits before it tries again while a service is down. */
const AWAY_PAUSE_MS = 50

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * @typedef {object} Clients
 * @property {Ledger} ledger @property {Requests} requests @property {() => Promise<void>} stop
 */

/** @param {import('./services.mjs').Services} services @param {number} count @param {() => number} random @returns {Promise<Clients>} */
export async function startClients(services, count, random) {
  const ledger = new Ledger()
  const requests = await Requests.signedIn(services, ledger)
  const state = { stopping: false }
  const running = Array.from({ length: count }, () => work(requests, ledger, random, state))
  const all = Promise.all(running)
  all.catch(() => {}) // reported by stop()
  return {
    ledger,
    requests,
    async stop() {
      state.stopping = true
      await all
    },
  }
}

async function work(requests, ledger, random, state) {
  while (!state.stopping) {
    const code = await requests.authorize()
    if (!code) continue
    // Some codes wait a moment, so that the server may be killed between the two requests.
    await delay(random() * 300)
    const family = await redeem(requests, ledger, ledger.addCode(code), random() < 0.2)
    for (let use = 0; family?.state === 'live' && use < 4 && !state.stopping; use += 1) {
      await delay(PAUSE_MS)
      await requests.createEvent(family)
      if (random() < 0.5) await requests.refresh(family)
    }
    if (family?.state !== 'live') continue
    const end = random()
    if (end < 0.25) await requests.refreshTwiceAtOnce(family)
    else if (end < 0.6) await requests.revoke(family, random() < 0.5)
  }
}

/** @returns {Promise<import('./ledger.mjs').Family | undefined>} */
async function redeem(requests, ledger, code, twiceAtOnce) {
  if (!twiceAtOnce) {
    const tokens = await requests.redeem(code)
    return tokens && ledger.addFamily(tokens)
  }
  const answers = await Promise.all([requests.redeem(code), requests.redeem(code)])
  // RFC 6749 §4.1.2: the second attempt may have revoked what the first one got.
  for (const tokens of answers) if (tokens) ledger.addFamily(tokens).state = 'unknown'
  return undefined
}

/** Sends requests and records their outcome in the ledger. */
export class Requests {
  /** @param {import('./services.mjs').Services} services @param {Ledger} ledger @param {any} browser where alice is signed in */
  constructor(services, ledger, browser) {
    this.services = services
    this.ledger = ledger
    this.browser = browser
    this.accounts = services.urls['auth-server']
    this.events = `${services.urls['calendar-api']}/calendar/events`
    this.client = { client_id: 'tripmate', client_secret: services.clientSecret }
    this.serial = 0
  }

  /** Signs alice in and lets her approve Tripmate, so that the server remembers her consent. */
  static async signedIn(services, ledger) {
    const { TestBrowser } = createRequire(import.meta.url)('../../packages/shared/dist/testing/test-browser.js')
    const requests = new Requests(services, ledger, new TestBrowser())
    const { browser, accounts } = requests
    const login = await browser.follow(await browser.get(requests.authorizationRequest()), accounts)
    const credentials = { username: 'alice', password: 'wonderland' }
    const consent = await browser.follow(await browser.submit(login, credentials, 'password'), accounts)
    const allowed = await browser.submit(consent, { decision: 'allow' }, 'decision')
    if (!allowed.location.searchParams.get('code')) throw new Error(`no code for alice: ${allowed.location}`)
    return requests
  }

  authorizationRequest() {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'tripmate',
      redirect_uri: this.services.redirectUri,
      scope: 'calendar.read calendar.write',
      state: 'xyz',
    })
    return `${this.accounts}/authorize?${query}`
  }

  /** @returns {Promise<string | undefined>} a code; undefined when the request was not answered */
  async authorize() {
    const page = await this.answered(() => this.browser.get(this.authorizationRequest()))
    if (!page) return undefined
    const location = page.status === 303 || page.status === 302 ? page.location : undefined
    const code = location?.searchParams.get('code')
    if (code) return code
    // The sign-in and the consent were acknowledged, so the server must not ask for them again.
    this.ledger.wrongAnswers.push(
      `GET /authorize: ${page.status} ${location ?? ''}, although alice is signed in and agreed`,
    )
    await delay(AWAY_PAUSE_MS)
    return undefined
  }

  /** @param {import('./ledger.mjs').Code} code @returns {Promise<any>} tokens; undefined when there are none */
  redeem(code) {
    return this.useOnce(code, 'a code that was issued', {
      grant_type: 'authorization_code',
      code: code.value,
      redirect_uri: this.services.redirectUri,
    })
  }

  /** @param {import('./ledger.mjs').Family} family */
  async refresh(family) {
    const tokens = await this.redeemRefreshToken(family.refreshToken)
    if (tokens) {
      this.ledger.replaceTokens(family, tokens)
      return
    }
    family.state = 'unknown'
    // The response may have been lost after the token was used. Then a second use fails; otherwise it works.
    await this.redeemRefreshToken(family.refreshToken)
  }

  /** The second request ends the family (RFC 9700 §4.14.2). @param {import('./ledger.mjs').Family} family */
  async refreshTwiceAtOnce(family) {
    family.state = 'unknown'
    const both = [1, 2].map(() => this.redeemRefreshToken(family.refreshToken))
    await Promise.all(both)
  }

  /** @param {import('./ledger.mjs').RefreshToken} token @returns {Promise<any>} tokens; undefined when there are none */
  redeemRefreshToken(token) {
    const parameters = { grant_type: 'refresh_token', refresh_token: token.value }
    return this.useOnce(token, 'a refresh token that was issued', parameters)
  }

  /**
   * @param {{ successes: number, attempts: number }} secret @param {string} what it is, in words
   * @param {Record<string, string>} parameters
   */
  async useOnce(secret, what, parameters) {
    secret.attempts += 1
    const first = secret.attempts === 1
    const answer = await this.answered(() => this.post('/token', parameters))
    if (!answer) return undefined
    if (answer.status === 200) {
      secret.successes += 1
      return answer.json
    }
    if (answer.json.error !== 'invalid_grant') {
      this.ledger.wrongAnswers.push(`POST /token with ${what}: ${answer.status} ${answer.json.error}`)
    } else if (first && secret.attempts === 1) {
      this.ledger.wrongAnswers.push(`POST /token refused ${what} and never used: ${answer.json.error_description}`)
    }
    return undefined
  }

  /** @param {import('./ledger.mjs').Family} family */
  async createEvent(family) {
    this.serial += 1
    /** @type {import('./ledger.mjs').Event} */
    const event = { summary: `event ${this.serial}`, id: undefined }
    this.ledger.events.push(event)
    const start = Date.now() + DAY_MS
    const body = {
      summary: event.summary,
      start: { dateTime: new Date(start).toISOString() },
      end: { dateTime: new Date(start + 3_600_000).toISOString() },
    }
    const answer = await this.answered(() => this.calendar(family.accessToken, this.events, body))
    if (answer?.status === 201) event.id = answer.json.id
    else if (answer) this.ledger.wrongAnswers.push(`POST /calendar/events with a good token: ${answer.status}`)
  }

  /**
   * Revoking the refresh token ends the access tokens too, but not the reverse (RFC 7009 §2.1).
   * @param {import('./ledger.mjs').Family} family @param {boolean} byRefreshToken
   */
  async revoke(family, byRefreshToken) {
    family.state = 'unknown'
    const token = byRefreshToken ? family.refreshToken.value : family.accessToken
    const answer = await this.answered(() => this.post('/revoke', { token }))
    if (answer?.status !== 200) return
    family.state = byRefreshToken ? 'revoked' : 'access token revoked'
  }

  /** @returns {Promise<{ status: number, json: any }>} */
  async post(path, parameters) {
    const body = new URLSearchParams({ ...parameters, ...this.client })
    return asJson(
      await fetch(`${this.accounts}${path}`, { method: 'POST', body, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    )
  }

  /** @param {object} [body] to POST @returns {Promise<{ status: number, json: any }>} */
  async calendar(accessToken, url, body) {
    const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {}
    return asJson(await fetch(url, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }))
  }

  /** @template T @param {() => Promise<T & { status: number }>} send @returns {Promise<(T & { status: number }) | undefined>} undefined: unanswered, or 503 */
  async answered(send) {
    try {
      const answer = await send()
      if (answer.status !== 503) return answer
    } catch {
      // The connection was cut, or nothing is listening.
    }
    this.ledger.unanswered += 1
    await delay(AWAY_PAUSE_MS)
    return undefined
  }
}

async function asJson(response) {
  const text = await response.text()
  return { status: response.status, json: text ? JSON.parse(text) : {} }
}
