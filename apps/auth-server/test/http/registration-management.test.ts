import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { bearer, CALLBACK, CHALLENGE, registrationServer, send } from '../registration'
import { hasEnded, postForm, refresh } from '../support'

const { its, registered, tokensOf, urlFor, consentPageFor } = registrationServer()

describe('management (RFC 7592)', () => {
  test('reading returns the registration without the secret, which is stored only as a hash (§2.1)', async () => {
    const client = await registered({ client_name: 'Mine' })
    const answer = await send(
      'GET',
      client.registration_client_uri,
      undefined,
      bearer(client.registration_access_token),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { client_secret, client_secret_expires_at, ...rest } = client
    expect(answer.json).toEqual(rest)
  })

  test.each(['GET', 'PUT', 'DELETE'])('%s requires the token of the same registration (§2)', async method => {
    const [mine, other] = [await registered(), await registered()]
    const body = method === 'PUT' ? { client_id: mine.client_id, redirect_uris: [CALLBACK] } : undefined
    const uri = mine.registration_client_uri
    const bare = await send(method, uri, body)
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, CHALLENGE])
    for (const token of ['wrong', other.registration_access_token, mine.client_secret]) {
      const answer = await send(method, uri, body, bearer(token))
      expect([answer.status, answer.json.error]).toEqual([401, 'invalid_token'])
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    expect((await send('GET', uri, undefined, bearer(mine.registration_access_token))).status).toBe(200)
  })

  test('an unknown client, or one of the operator’s, gets the same error as a wrong token (§2.1)', async () => {
    const told = async (id: string) => {
      const { status, headers, json } = await send(
        'GET',
        `${its.server.url}/register/${id}`,
        undefined,
        bearer('nobody'),
      )
      return [status, headers.get('www-authenticate'), json]
    }
    const wrong = await told((await registered()).client_id)
    expect(wrong[0]).toBe(401)
    for (const id of ['app_nobody', 'tripmate', '%00', 'calendar-api']) expect(await told(id)).toEqual(wrong)
  })

  test('an update replaces all metadata; omitted members return to their defaults (§2.2)', async () => {
    const client = await registered({ client_name: 'Before', contacts: ['a'], scope: 'calendar.read' })
    const update = { client_id: client.client_id, redirect_uris: ['https://app.example/new'], client_name: 'After' }
    const answer = await send('PUT', client.registration_client_uri, update, bearer(client.registration_access_token))
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ ...update, scope: 'calendar.read calendar.write' })
    expect(answer.json).not.toHaveProperty('contacts')
    expect(answer.json).not.toHaveProperty('client_secret')
    expect((await new TestBrowser().get(urlFor(client))).status).toBe(400)
    // The secret is unchanged.
    expect((await tokensOf(client, 'https://app.example/new')).status).toBe(200)
  })

  test('a client that becomes confidential gets a secret, and one that becomes public loses it', async () => {
    const client = await registered({ token_endpoint_auth_method: 'none' })
    const put = (method: string) =>
      send(
        'PUT',
        client.registration_client_uri,
        { client_id: client.client_id, redirect_uris: [CALLBACK], token_endpoint_auth_method: method },
        bearer(client.registration_access_token),
      )
    const confidential = (await put('client_secret_post')).json
    expect(confidential.client_secret).toEqual(expect.any(String))
    expect((await tokensOf(confidential)).status).toBe(200)
    expect((await put('none')).json).not.toHaveProperty('client_secret')
    expect((await tokensOf(confidential)).json.error).toBe('invalid_client')
    expect((await tokensOf(client)).status).toBe(200)
  })

  test.each([
    ['client_id', { client_id: undefined }],
    ['client_id', { client_id: 'tripmate' }],
    ['client_secret', { client_secret: 'my own choice' }],
    ['client_secret', { client_secret: 1 }],
    ['registration_access_token', { registration_access_token: 'x' }],
    ['registration_client_uri', { registration_client_uri: 'x' }],
    ['client_secret_expires_at', { client_secret_expires_at: 1 }],
    ['client_id_issued_at', { client_id_issued_at: 1 }],
    ['redirect_uris', { redirect_uris: [] }],
    ['scope', { scope: 'admin' }],
  ])('an update with a wrong %s is refused, and changes nothing (§2.2)', async (member, changes) => {
    const client = await registered()
    const update = { client_id: client.client_id, client_name: 'Changed', redirect_uris: [CALLBACK], ...changes }
    const headers = bearer(client.registration_access_token)
    const answer = await send('PUT', client.registration_client_uri, update, headers)
    expect(answer.status).toBe(400)
    expect(answer.json.error_description).toContain(member)
    const after = await send('GET', client.registration_client_uri, undefined, headers)
    expect(after.json.client_name).toBe(client.client_name)
  })

  test('an update may contain the issued secret (§2.2)', async () => {
    const { client_id, client_secret, ...client } = await registered()
    const update = { client_id, client_secret, redirect_uris: [CALLBACK] }
    const headers = bearer(client.registration_access_token)
    expect((await send('PUT', client.registration_client_uri, update, headers)).status).toBe(200)
  })

  test('removing a redirect URI ends the authorization requests that use it', async () => {
    const client = await registered()
    const browser = new TestBrowser()
    const consent = await consentPageFor(client, browser)
    const update = { client_id: client.client_id, redirect_uris: ['https://app.example/new'] }
    await send('PUT', client.registration_client_uri, update, bearer(client.registration_access_token))
    expect((await browser.submit(consent, { decision: 'allow' })).status).toBe(400)
  })

  test('other methods are not allowed', async () => {
    expect((await send('GET', `${its.server.url}/register`)).headers.get('allow')).toBe('POST')
    expect((await send('PATCH', `${its.server.url}/register/x`)).headers.get('allow')).toBe('GET, PUT, DELETE')
  })
})

describe('deleting a client (RFC 7592 §2.3)', () => {
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']

  test('ends its tokens, codes, consents and requests, and its registration', async () => {
    const client = await registered({ grant_types })
    const { client_id, client_secret } = client
    const browser = new TestBrowser()
    const waiting = await consentPageFor(client, browser)
    const held = (await tokensOf(client)).json
    const own = (await postForm(its.server, '/token', { grant_type: 'client_credentials', client_id, client_secret }))
      .json

    const headers = bearer(client.registration_access_token)
    const answer = await send('DELETE', client.registration_client_uri, undefined, headers)
    expect([answer.status, answer.json]).toEqual([204, undefined])

    expect(await hasEnded(its.server, held.access_token)).toBe(true)
    expect(await hasEnded(its.server, own.access_token)).toBe(true)
    expect((await refresh(its.server, held.refresh_token, client)).json.error).toBe('invalid_client')
    expect((await browser.submit(waiting, { decision: 'allow' })).status).toBe(400)
    expect((await browser.get(urlFor(client))).status).toBe(400)
    expect((await browser.get(`${its.server.url}/account`)).body).not.toContain(client_id)
    const consents = await its.server.context.db.selectFrom('consents').select('client_id').execute()
    expect(consents.map(consent => consent.client_id)).not.toContain(client_id)
    expect((await send('GET', client.registration_client_uri, undefined, headers)).status).toBe(401)
    expect((await send('DELETE', client.registration_client_uri, undefined, headers)).status).toBe(401)
  })

  test('does not affect other clients’ tokens', async () => {
    const [gone, stays] = [await registered({ grant_types }), await registered({ grant_types })]
    const held = (await tokensOf(stays)).json
    const { client_id, client_secret } = stays
    const own = (await postForm(its.server, '/token', { grant_type: 'client_credentials', client_id, client_secret }))
      .json
    await send('DELETE', gone.registration_client_uri, undefined, bearer(gone.registration_access_token))
    expect(await hasEnded(its.server, held.access_token)).toBe(false)
    expect(await hasEnded(its.server, own.access_token)).toBe(false)
    expect((await refresh(its.server, held.refresh_token, { client_id, client_secret })).status).toBe(200)
  })
})
