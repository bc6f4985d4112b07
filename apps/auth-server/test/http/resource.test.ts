import {
  addClient,
  authorize,
  authorizeForCode,
  claimsOf,
  postForm,
  REDIRECT_URI,
  redeem,
  refresh,
  SECRET,
  startAuthServer,
  type TestAuthServer,
} from '../support'

const CALENDAR = 'http://localhost:4002'
const PHOTOS = 'https://photos.example'

const MAPS = 'https://maps.example'

/** A server with three resource servers: the calendar, one with the same scopes, and one that is read-only. */
let server: TestAuthServer
beforeAll(async () => {
  server = await startAuthServer()
  await addClient(server, { id: 'photos', secret: 'photos-secret', redirectUris: [], grantTypes: [], resource: PHOTOS })
  const maps = { id: 'maps', secret: 'maps-secret', redirectUris: [], grantTypes: [], resource: MAPS }
  await addClient(server, { ...maps, scope: ['calendar.read'] })
  await addClient(server, { id: 'robot', secret: 'robot-secret', grantTypes: ['client_credentials'] })
})
afterAll(() => server.stop())

/** Sends each of `resources` as a separate parameter. */
async function codeFor(...resources: string[]): Promise<string> {
  const extra = resources.map(resource => `&resource=${encodeURIComponent(resource)}`).join('')
  return authorizeForCode(server, {}, extra)
}

const audienceOf = (answer: { json: { access_token: string } }) => claimsOf(answer.json.access_token).claims.aud

describe('resource in the authorization request (RFC 8707 §2.1)', () => {
  test('if omitted, it means the calendar', async () => {
    expect(audienceOf(await redeem(server, await codeFor()))).toBe(CALENDAR)
  })

  test.each([CALENDAR, `${CALENDAR}/`, `${CALENDAR}/calendar/events`])('%s means the calendar', async resource => {
    expect(audienceOf(await redeem(server, await codeFor(resource)))).toBe(CALENDAR)
  })

  test('it becomes the aud of the token, even if it is not the default', async () => {
    expect(audienceOf(await redeem(server, await codeFor(PHOTOS)))).toBe(PHOTOS)
  })

  test('if sent twice, the token is for both resources (§2)', async () => {
    expect(audienceOf(await redeem(server, await codeFor(PHOTOS, CALENDAR)))).toEqual([CALENDAR, PHOTOS])
  })

  test('an unknown resource is invalid_target, even beside a known one', async () => {
    const location = await authorize(server, { resource: 'https://other.example' })
    expect(location.origin + location.pathname).toBe(REDIRECT_URI)
    expect(location.searchParams.get('error')).toBe('invalid_target')
  })
})

describe('resource in the token request (RFC 8707 §2.2)', () => {
  test('can name fewer resources than were granted; the refresh token keeps all of them', async () => {
    const first = await redeem(server, await codeFor(PHOTOS, CALENDAR), { resource: PHOTOS })
    expect(audienceOf(first)).toBe(PHOTOS)
    const second = await refresh(server, first.json.refresh_token, { resource: `${CALENDAR}/calendar` })
    expect(audienceOf(second)).toBe(CALENDAR)
    const third = await refresh(server, second.json.refresh_token)
    expect(audienceOf(third)).toEqual([CALENDAR, PHOTOS])
  })

  const TOO_MUCH = 'resource asks for more than was granted'
  const NOT_KNOWN = `resource is unknown; use ${CALENDAR} or ${MAPS} or ${PHOTOS}, or a URL under it`
  test.each([
    [PHOTOS, TOO_MUCH],
    ['https://other.example', NOT_KNOWN],
    ['calendar', 'resource must be an absolute URI without a fragment'],
  ])('cannot name a resource that was not granted: %s', async (resource, error_description) => {
    const answer = await redeem(server, await codeFor(), { resource })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: 'invalid_target', error_description })
  })

  test('a refresh cannot name one either, and the attempt does not use up the refresh token', async () => {
    const { json } = await redeem(server, await codeFor())
    expect((await refresh(server, json.refresh_token, { resource: PHOTOS })).json).toEqual({
      error: 'invalid_target',
      error_description: TOO_MUCH,
    })
    expect((await refresh(server, json.refresh_token)).status).toBe(200)
  })

  test('with client_credentials, a client can name any known resource (§2.2)', async () => {
    const ask = (resource?: string) =>
      postForm(server, '/token', {
        grant_type: 'client_credentials',
        client_id: 'robot',
        client_secret: 'robot-secret',
        resource,
      })
    expect(audienceOf(await ask())).toBe(CALENDAR)
    expect(audienceOf(await ask(PHOTOS))).toBe(PHOTOS)
    expect((await ask('https://other.example')).json.error).toBe('invalid_target')
  })

  const NO_MEANING = {
    error: 'invalid_scope',
    error_description: 'scope has a value that the resource does not understand',
  }

  test('a scope that one of the resources does not have is refused (RFC 9068 §2.2.3, §3)', async () => {
    const refused = await authorize(server, { resource: MAPS })
    expect(Object.fromEntries(refused.searchParams)).toMatchObject(NO_MEANING)
    expect((await authorize(server, { resource: MAPS, scope: 'calendar.read' })).searchParams.get('error')).toBeNull()
    const both = await authorize(server, {}, undefined, undefined, `&resource=${CALENDAR}&resource=${MAPS}`)
    expect(Object.fromEntries(both.searchParams)).toMatchObject(NO_MEANING)
  })

  test('such a scope is refused with client_credentials too', async () => {
    const robot = { grant_type: 'client_credentials', client_id: 'robot', client_secret: 'robot-secret' }
    expect((await postForm(server, '/token', { ...robot, resource: MAPS })).json).toEqual(NO_MEANING)
    const answer = await postForm(server, '/token', { ...robot, resource: MAPS, scope: 'calendar.read' })
    expect(audienceOf(answer)).toBe(MAPS)
  })

  test('resource can be sent more than once and is not refused as repeated', async () => {
    const code = await codeFor(PHOTOS, CALENDAR)
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI })
    for (const [name, value] of [
      ['client_id', 'tripmate'],
      ['client_secret', SECRET],
      ['resource', PHOTOS],
      ['resource', CALENDAR],
    ] as const) {
      body.append(name, value)
    }
    const response = await fetch(`${server.url}/token`, { method: 'POST', body })
    const json = (await response.json()) as { access_token: string }
    expect(audienceOf({ json })).toEqual([CALENDAR, PHOTOS])
  })
})
