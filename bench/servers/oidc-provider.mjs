/**
 * The peer: oidc-provider on node:http. STORE=memory uses its own adapter (the newest 1,000 entries), STORE=sqlite ours.
 * Access tokens are ES256 JWTs; those for a second resource are opaque, the only kind that it can introspect and revoke.
 * Whoever comes is alice and consents at once, because the measured round trip has a remembered session and consent.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { sqliteAdapter } from './oidc-adapter.mjs'
import { API, CLIENT, DATABASE_FILE, ISSUER, PORT_NUMBER, SCOPES } from './settings.mjs'

const OPAQUE = `${API}/opaque`
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S

const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const key = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: 'one' }

const provider = new Provider(ISSUER, {
  ...(process.env.STORE === 'sqlite' && { adapter: sqliteAdapter(DATABASE_FILE) }),
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [CLIENT.redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  clientAuthMethods: ['client_secret_basic', 'none'],
  responseTypes: ['code'],
  scopes: SCOPES,
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  routes: { authorization: '/authorize', token: '/token', revocation: '/revoke', introspection: '/introspect' },
  interactions: { url: () => '/interaction' },
  issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  rotateRefreshToken: true,
  pkce: { required: () => true },
  ttl: {
    AccessToken: HOUR_S,
    AuthorizationCode: 60,
    ClientCredentials: HOUR_S,
    Grant: 30 * DAY_S,
    Interaction: HOUR_S,
    RefreshToken: 30 * DAY_S,
    Session: DAY_S,
  },
  features: {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => ({
        scope: SCOPES.join(' '),
        audience: resource,
        accessTokenTTL: HOUR_S,
        ...(resource === OPAQUE
          ? { accessTokenFormat: 'opaque' }
          : { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      }),
    },
  },
})
provider.on('server_error', (_context, error) => console.error(error))

async function interact(request, response) {
  const { params, session, grantId } = await provider.interactionDetails(request, response)
  const accountId = 'alice'
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  grant.addResourceScope(API, params.scope)
  const result = { login: session ?? { accountId }, consent: { grantId: await grant.save() } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
}

const callback = provider.callback()
createServer((request, response) => {
  if (request.url === '/healthz') response.end()
  else if (!request.url?.startsWith('/interaction')) callback(request, response)
  else interact(request, response).catch(error => response.writeHead(500).end(String(error.stack)))
}).listen(PORT_NUMBER, '127.0.0.1')
