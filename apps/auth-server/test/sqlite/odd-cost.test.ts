/**
 * Odd requests cost little. Measured on SQLite alone, because there all the work is done in this process: on PostgreSQL a
 * part of it would be done, and not be counted, in another.
 */
import { checkOddCost } from '@glasshouse/shared/testing/odd-cost'
import { AUTHORIZATION_REQUEST, CLIENT, METADATA, openSession } from '../good-requests'
import { REDIRECT_URI, startAuthServer, type TestAuthServer } from '../support'

// What counts is the time of the processor. On a busy machine, that many requests take long.
jest.setTimeout(120_000)

let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
})
afterAll(() => server.stop())

describe('a malformed request costs little: under 100 ms and no memory leak, at', () => {
  const code = { grant_type: 'authorization_code', code: 'a-code', redirect_uri: REDIRECT_URI, ...CLIENT }

  it('GET /authorize', () =>
    checkOddCost(server.url, { method: 'GET', path: '/authorize', query: AUTHORIZATION_REQUEST }))
  it('POST /token', () => checkOddCost(server.url, { method: 'POST', path: '/token', form: code }))
  it('POST /revoke', () =>
    checkOddCost(server.url, { method: 'POST', path: '/revoke', form: { token: 'a-token', ...CLIENT } }))
  it('POST /register', () => checkOddCost(server.url, { method: 'POST', path: '/register', json: METADATA }))
  it('POST /login', async () => {
    const { antiForgeryField, pendingRequest, headers } = await openSession(server)
    const form = { _csrf: antiForgeryField, request: pendingRequest, username: 'nobody', password: 'x' }
    await checkOddCost(server.url, { method: 'POST', path: '/login', form, headers })
  })
})
