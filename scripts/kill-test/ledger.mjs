/**
 * Records the responses of the services. A response counts once it has arrived completely. A request without one is
 * *unanswered*: it may or may not have taken effect, so the checks only require that it did not take effect twice.
 */

/**
 * @typedef {object} Code an authorization code that was issued
 * @property {string} value
 * @property {number} successes how often it was redeemed successfully
 * @property {number} attempts
 *
 * @typedef {object} RefreshToken
 * @property {string} value @property {number} successes @property {number} attempts
 *
 * @typedef {object} Family the tokens of one code
 * @property {'live' | 'revoked' | 'access token revoked' | 'unknown'} state unknown: a request about it was not answered
 * @property {string} accessToken the latest @property {RefreshToken} refreshToken the latest
 *
 * @typedef {object} Event
 * @property {string} summary unlike any other @property {string | undefined} id undefined: not acknowledged
 */

export class Ledger {
  /** @type {Code[]} */ codes = []
  /** @type {RefreshToken[]} */ refreshTokens = []
  /** @type {Family[]} */ families = []
  /** @type {Event[]} */ events = []
  /** Descriptions of responses that no client should get. @type {string[]} */ wrongAnswers = []
  unanswered = 0

  /** @param {string} value @returns {Code} */
  addCode(value) {
    const code = { value, successes: 0, attempts: 0 }
    this.codes.push(code)
    return code
  }

  /** @param {{ access_token: string, refresh_token: string }} tokens @returns {Family} */
  addFamily(tokens) {
    /** @type {Family} */
    const family = { state: 'live', accessToken: '', refreshToken: { value: '', successes: 0, attempts: 0 } }
    this.families.push(family)
    this.replaceTokens(family, tokens)
    return family
  }

  /** @param {Family} family @param {{ access_token: string, refresh_token: string }} tokens */
  replaceTokens(family, tokens) {
    family.accessToken = tokens.access_token
    family.refreshToken = { value: tokens.refresh_token, successes: 0, attempts: 0 }
    this.refreshTokens.push(family.refreshToken)
  }

  summary() {
    const events = this.events.filter(({ id }) => id !== undefined).length
    const redeemed = this.codes.filter(({ successes }) => successes > 0).length
    const refreshed = this.refreshTokens.filter(({ successes }) => successes > 0).length
    const revoked = this.families.filter(({ state }) => state.endsWith('revoked')).length
    return `acknowledged: ${events} events, ${redeemed} codes redeemed, ${refreshed} refreshes, ${revoked} revocations; unanswered: ${this.unanswered} requests`
  }
}
