/** Each copy of the server remembers clients and signing keys. A change at one copy counts in the next request at any other. */
import { sql } from 'kysely'
import * as clients from '../../src/store/clients'
import { hashToken } from '../../src/tokens/opaque-token'
import { removeClient } from '../../src/tokens/withdrawal'
import { startCopyOf } from '../second-copy'
import { addClient, claimsOf, postForm, startAuthServer, type TestAuthServer } from '../support'

let here: TestAuthServer
let there: Awaited<ReturnType<typeof startCopyOf>>

beforeAll(async () => {
  here = await startAuthServer()
  there = await startCopyOf(here)
})
afterAll(async () => {
  await there.stop()
  await here.stop()
})

const SCOPE = ['calendar.read', 'calendar.write'] as const
const machine = { id: 'machine', grantTypes: ['client_credentials' as const], scope: SCOPE }
/** Both copies know the client, and have used it. */
beforeEach(async () => {
  await addClient(here, { ...machine, secret: 'one' })
  for (const copy of [here, there]) expect((await token(copy)).status).toBe(200)
})

function token(copy: { url: string }, secret = 'one', more: Record<string, string> = {}) {
  const client = { client_id: machine.id, client_secret: secret }
  return postForm(copy, '/token', { grant_type: 'client_credentials', ...client, ...more })
}

const introspect = (copy: { url: string }, accessToken: string) =>
  postForm(copy, '/introspect', { token: accessToken, client_id: 'machine', client_secret: 'one' })

async function publishedKeys(copy: { url: string }): Promise<string[]> {
  const { keys } = (await (await fetch(`${copy.url}/jwks`)).json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}

describe('a change at one copy counts in the next request at the other:', () => {
  test('a new client secret', async () => {
    await addClient(here, { ...machine, secret: 'two' })
    expect((await token(there, 'one')).json.error).toBe('invalid_client')
    expect((await token(there, 'two')).status).toBe(200)
    expect((await token(here, 'one')).json.error).toBe('invalid_client')
  })

  test('a smaller scope', async () => {
    await addClient(here, { ...machine, secret: 'one', scope: ['calendar.read'] })
    expect((await token(there)).json.scope).toBe('calendar.read')
    expect((await token(there, 'one', { scope: 'calendar.write' })).json.error).toBe('invalid_scope')
  })

  test('a deleted client', async () => {
    const client = { client_id: 'deleted' }
    await addClient(here, { ...machine, id: 'deleted', secret: 'one' })
    expect((await token(there, 'one', client)).status).toBe(200)
    await removeClient(here.context, 'deleted')
    expect((await token(there, 'one', client)).json.error).toBe('invalid_client')
    expect((await token(here, 'one', client)).json.error).toBe('invalid_client')
  })

  test('a new resource server (RFC 8707)', async () => {
    const resource = 'https://another.example/api'
    expect((await token(there, 'one', { resource })).json.error).toBe('invalid_target')
    await addClient(here, { id: 'another-api', secret: 'x', grantTypes: [], resource })
    expect(claimsOf((await token(there, 'one', { resource })).json.access_token).claims.aud).toBe(resource)
    await removeClient(here.context, 'another-api')
    expect((await token(there, 'one', { resource })).json.error).toBe('invalid_target')
  })

  test('a change that somebody makes by hand', async () => {
    await sql`update clients set secret_hash = ${hashToken('by hand')} where id = 'machine'`.execute(here.context.db)
    expect((await token(there, 'one')).json.error).toBe('invalid_client')
    expect((await token(here, 'one')).json.error).toBe('invalid_client')
    expect((await token(there, 'by hand')).status).toBe(200)
  })

  test('a new signing key, which signs once it has been published long enough', async () => {
    const before = await publishedKeys(there)
    await here.context.keys.rotate()
    const [added, ...others] = await publishedKeys(there)
    expect(others).toEqual(before)
    expect(claimsOf((await token(there)).json.access_token).header.kid).toBe(before[0])
    here.advance(61)
    expect(claimsOf((await token(there)).json.access_token).header.kid).toBe(added)
  })

  test('signing keys that were taken down because one was stolen', async () => {
    const [before] = await publishedKeys(there)
    const { access_token } = (await token(there)).json
    expect((await introspect(there, access_token)).json.active).toBe(true)
    await here.context.keys.replaceAll()
    expect((await introspect(there, access_token)).json).toEqual({ active: false })
    expect(await publishedKeys(there)).not.toContain(before)
    expect(claimsOf((await token(there)).json.access_token).header.kid).not.toBe(before)
  })
})

test('what a transaction changes is not remembered if it is rolled back', async () => {
  const { db } = here.context
  const secretOf = async () => {
    const client = await clients.find(db, 'machine')
    return client?.type === 'confidential' ? client.secretHash : undefined
  }
  let meanwhile: Promise<unknown> = Promise.resolve()
  const rolledBack = db.transaction().execute(async transaction => {
    await transaction.updateTable('clients').set({ secret_hash: 'never' }).where('id', '=', 'machine').execute()
    meanwhile = secretOf()
    // Long enough for a look that does not wait.
    await new Promise(resolve => setImmediate(resolve))
    throw new Error('rolled back')
  })
  await expect(rolledBack).rejects.toThrow('rolled back')
  expect(await meanwhile).toBe(hashToken('one'))
  await addClient(here, { ...machine, secret: 'two' })
  expect(await secretOf()).toBe(hashToken('two'))
})
