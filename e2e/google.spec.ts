/**
 * Google's own client library, told only where our two services are: it signs in at the authorization server and uses the
 * calendar as it would use Google's (docs/google.md). The library is the client; alice has a simple browser.
 */

import { calendar, type calendar_v3 } from '@googleapis/calendar'
import { ClientAuthentication, CodeChallengeMethod, OAuth2Client } from 'google-auth-library'
import { registerGoogleApp } from './support/google-app'
import { aliceAllows, CALLBACK } from './support/mcp-app'
import type { Stack } from './support/stack'
import { expect, test } from './support/test'

const SCOPE = 'https://www.googleapis.com/auth/calendar'

/** An app that alice has allowed to use her calendar. Its library gets our addresses, and nothing else about us. */
async function connectedApp(stack: Stack, scope: string[]): Promise<OAuth2Client> {
  const { client_id, client_secret } = await registerGoogleApp(stack)
  const client = new OAuth2Client({
    clientId: client_id,
    clientSecret: client_secret,
    redirectUri: CALLBACK,
    endpoints: {
      oauth2AuthBaseUrl: `${stack.authServer}/authorize`,
      oauth2TokenUrl: `${stack.authServer}/token`,
      oauth2RevokeUrl: `${stack.authServer}/revoke`,
    },
    clientAuthentication: ClientAuthentication.ClientSecretPost,
  })
  const { codeVerifier, codeChallenge = '' } = await client.generateCodeVerifierAsync()
  const address = client.generateAuthUrl({
    access_type: 'offline',
    include_granted_scopes: true,
    scope,
    state: 'a state to come back',
    code_challenge: codeChallenge,
    code_challenge_method: CodeChallengeMethod.S256,
  })
  const { searchParams } = await aliceAllows(stack, address)
  const { tokens } = await client.getToken({ code: searchParams.get('code') ?? '', codeVerifier })
  expect(tokens.scope).toBe(scope.join(' '))
  client.setCredentials(tokens)
  return client
}

const calendarOf = (stack: Stack, auth: OAuth2Client): calendar_v3.Calendar =>
  calendar({ version: 'v3', auth, rootUrl: `${stack.calendarApi}/`, retry: false })

const hour = (day: number, at: string) => `2031-05-0${day}T${at}:00:00+02:00`
const draft = (summary: string, day = 1): calendar_v3.Schema$Event => ({
  summary,
  start: { dateTime: hour(day, '10'), timeZone: 'Europe/Amsterdam' },
  end: { dateTime: hour(day, '11'), timeZone: 'Europe/Amsterdam' },
})
const MAY = { timeMin: '2031-05-01T00:00:00Z', timeMax: '2031-06-01T00:00:00Z' }

test('@googleapis/calendar can sign in, and list, insert, patch, move, delete and sync events', async ({ stack }) => {
  const google = calendarOf(stack, await connectedApp(stack, [SCOPE]))
  // A calendar of its own, so that no other test's events are in it.
  const { data: own } = await google.calendars.insert({
    requestBody: { summary: 'Trips', timeZone: 'Europe/Amsterdam' },
  })
  const calendarId = own.id ?? ''
  const { data: list } = await google.calendarList.list()
  expect(list.items?.map(({ id, primary, accessRole }) => [id === calendarId, primary, accessRole])).toEqual([
    [false, true, 'owner'],
    [true, undefined, 'owner'],
  ])

  const inserted = await google.events.insert({ calendarId, requestBody: draft('Flight') })
  expect(inserted.status).toBe(200)
  const { id: eventId = '', etag } = inserted.data as { id: string; etag: string }
  await google.events.insert({
    calendarId,
    requestBody: { ...draft('Breakfast', 2), recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] },
  })
  const { data: month } = await google.events.list({ calendarId, singleEvents: true, orderBy: 'startTime', ...MAY })
  expect(month).toMatchObject({ kind: 'calendar#events', summary: 'Trips', timeZone: 'Europe/Amsterdam' })
  expect(month.items?.map(({ summary }) => summary)).toEqual(['Flight', 'Breakfast', 'Breakfast', 'Breakfast'])

  const { data: all } = await google.events.list({ calendarId })
  const syncToken = all.nextSyncToken ?? ''
  const { data: patched } = await google.events.patch({ calendarId, eventId, requestBody: { location: 'Schiphol' } })
  expect(patched).toMatchObject({ summary: 'Flight', location: 'Schiphol' })
  const stale = google.events.update(
    { calendarId, eventId, requestBody: draft('Train') },
    { headers: { 'If-Match': etag } },
  )
  await expect(stale).rejects.toMatchObject(refusal(412, 'conditionNotMet'))
  const { data: changes } = await google.events.list({ calendarId, syncToken })
  expect(changes.items).toMatchObject([{ id: eventId, location: 'Schiphol' }])

  const { data: moved } = await google.events.move({ calendarId, eventId, destination: 'primary' })
  expect(moved.id).toBe(eventId)
  expect((await google.events.get({ calendarId: 'primary', eventId })).data.summary).toBe('Flight')
  const { data: afterwards } = await google.events.list({ calendarId, syncToken: changes.nextSyncToken ?? '' })
  expect(afterwards.items).toEqual([{ kind: 'calendar#event', id: eventId, status: 'cancelled' }])

  expect((await google.events.delete({ calendarId: 'primary', eventId })).status).toBe(204)
  await expect(google.events.get({ calendarId: 'primary', eventId })).rejects.toMatchObject(refusal(404, 'notFound'))

  const { data: busy } = await google.freebusy.query({ requestBody: { ...MAY, items: [{ id: calendarId }] } })
  expect(busy.calendars?.[calendarId]?.busy).toHaveLength(3)
  expect((await google.calendars.delete({ calendarId })).status).toBe(204)
})

test('it is told to start again when its sync token belongs elsewhere (410), and what it may not do (403)', async ({
  stack,
}) => {
  const auth = await connectedApp(stack, [`${SCOPE}.readonly`])
  const google = calendarOf(stack, auth)
  const { data } = await google.events.list({ calendarId: 'primary' })
  const other = calendarOf(stack, await connectedApp(stack, [SCOPE]))
  const { data: own } = await other.calendars.insert({ requestBody: { summary: 'Other' } })
  const gone = google.events.list({ calendarId: own.id ?? '', syncToken: data.nextSyncToken ?? '' })
  await expect(gone).rejects.toMatchObject(refusal(410, 'fullSyncRequired'))
  await other.calendars.delete({ calendarId: own.id ?? '' })

  const write = google.events.insert({ calendarId: 'primary', requestBody: draft('Not allowed') })
  await expect(write).rejects.toMatchObject(refusal(403, 'insufficientPermissions'))
})

test('it refreshes its access token; to revoke it, the app sends a form as RFC 7009 says', async ({ stack }) => {
  const auth = await connectedApp(stack, [`${SCOPE}.events`])
  // RFC 6749 §6: the app must replace its refresh token. Google's server never sends a new one, and the library forgets it.
  auth.on('tokens', ({ refresh_token }) => {
    if (refresh_token) auth.credentials.refresh_token = refresh_token
  })
  const google = calendarOf(stack, auth)
  for (const _hour of [1, 2]) {
    const before = auth.credentials
    // As if an hour had passed: the library refreshes before the next request.
    auth.setCredentials({ ...before, expiry_date: 1 })
    expect((await google.events.list({ calendarId: 'primary', maxResults: 1 })).status).toBe(200)
    expect(auth.credentials.access_token).not.toBe(before.access_token)
    expect(auth.credentials.refresh_token).not.toBe(before.refresh_token)
  }

  const { access_token, refresh_token } = auth.credentials
  // The library puts the token into the address, where RFC 6749 §2.3.1 forbids it, and does not authenticate.
  await expect(auth.revokeToken(access_token ?? '')).rejects.toThrow('invalid_request')
  const { _clientId: client_id = '', _clientSecret: client_secret = '' } = auth
  const body = new URLSearchParams({ token: refresh_token ?? '', client_id, client_secret })
  expect((await fetch(`${stack.authServer}/revoke`, { method: 'POST', body })).status).toBe(200)
  await expect(google.events.list({ calendarId: 'primary' })).rejects.toMatchObject(refusal(401, 'authError'))
})

/** What a refused request is rejected with. */
function refusal(status: number, reason: string) {
  return { status, response: { data: { error: { code: status, errors: [expect.objectContaining({ reason })] } } } }
}
