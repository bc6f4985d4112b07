import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { startUntrustedServer, type UntrustedServer } from '@glasshouse/shared/testing/untrusted-server'
import { connect, startTripmate, textOf } from '../support'

let impostor: UntrustedServer
beforeAll(async () => {
  impostor = await startUntrustedServer()
})
afterAll(() => impostor.stop())

describe('a server without a valid certificate gets nothing (RFC 6749 §10.9, RFC 6750 §5.3, RFC 8414 §6.1)', () => {
  test('in place of the authorization server', async () => {
    const tripmate = await startTripmate({ AUTH_SERVER_URL: impostor.url })
    try {
      const page = await new TestBrowser().get(`${tripmate.url}/connect`)
      expect(page.status).toBe(503)
      expect(textOf(page)).toContain('cannot be connected right now')
      expect(impostor.requests).toBe(0)
    } finally {
      await tripmate.stop()
    }
  })

  test('in place of the token and revocation endpoints', async () => {
    const tripmate = await startTripmate()
    try {
      tripmate.accounts.metadata.token_endpoint = `${impostor.url}/token`
      tripmate.accounts.metadata.revocation_endpoint = `${impostor.url}/revoke`
      const { page } = await connect(tripmate)
      expect(page.status).toBe(503)
      expect(textOf(page)).toContain('cannot be connected right now')
      expect(impostor.requests).toBe(0)
    } finally {
      await tripmate.stop()
    }
  })

  test('in place of the calendar', async () => {
    const tripmate = await startTripmate({ CALENDAR_API_URL: impostor.url })
    try {
      const { page } = await connect(tripmate)
      expect(textOf(page)).toContain('Your calendar is connected')
      expect(impostor.requests).toBe(0)
    } finally {
      await tripmate.stop()
    }
  })
})
