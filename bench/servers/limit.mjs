/**
 * The limit: node:http and, for each call, only the work that nobody can leave out. There are no checks beyond the necessary
 * ones, no error texts, no security headers and no log; statements are prepared once and keys are parsed once.
 *
 * | call | work |
 * | --- | --- |
 * | `POST /token` | the form, one client by its key, SHA-256 of its secret, one ES256 signature |
 * | with a code or a refresh token | and one transaction of two statements |
 * | `GET /authorize` | three rows by key, and one transaction of two statements |
 * | `POST /introspect`, `POST /revoke` | the form, the client, one signature check, one statement. No API is told |
 * | calendar | the token's claims from memory, one statement, JSON |
 */
import { createHash, generateKeyPairSync, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto'
import { createServer } from 'node:http'
import Database from 'better-sqlite3'
import { API, CLIENT, DATABASE_FILE, ISSUER, PORT_NUMBER, SCOPES } from './settings.mjs'

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S

const db = new Database(DATABASE_FILE)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = NORMAL')
db.exec(`
  create table clients (id text primary key, secret_hash text, redirect_uri text);
  create table sessions (id text primary key, user text);
  create table consents (user text, client text, scope text, primary key (user, client));
  create table families (id text primary key, client text, user text, scope text);
  create table codes (hash text primary key, family text, client text, challenge text, expires_at integer, redeemed_at integer);
  create table refresh_tokens (hash text primary key, family text, client text, expires_at integer, replaced_at integer);
  create table ended (jti text primary key);
  create table events (owner text, id text, start_ms integer, end_ms integer, content text, primary key (owner, id));
  create index events_by_start on events (owner, start_ms);`)

const now = () => Math.floor(Date.now() / 1000)
const random = () => randomBytes(32).toString('base64url')
const hash = text => createHash('sha256').update(text).digest('base64url')
const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url')

db.prepare('insert into clients values (?, ?, ?)').run(CLIENT.id, hash(CLIENT.secret), CLIENT.redirectUri)
db.prepare('insert into consents values (?, ?, ?)').run('alice', CLIENT.id, SCOPES.join(' '))

const sql = {
  client: db.prepare('select * from clients where id = ?'),
  addSession: db.prepare('insert into sessions values (?, ?)'),
  session: db.prepare('select user from sessions where id = ?'),
  consent: db.prepare('select scope from consents where user = ? and client = ?'),
  addFamily: db.prepare('insert into families values (?, ?, ?, ?)'),
  family: db.prepare('select * from families where id = ?'),
  addCode: db.prepare('insert into codes values (?, ?, ?, ?, ?, null)'),
  takeCode: db.prepare(
    'update codes set redeemed_at = @now where hash = @hash and client = @client and redeemed_at is null and expires_at > @now returning *',
  ),
  addRefresh: db.prepare('insert into refresh_tokens values (?, ?, ?, ?, null)'),
  takeRefresh: db.prepare(
    'update refresh_tokens set replaced_at = @now where hash = @hash and client = @client and replaced_at is null and expires_at > @now returning *',
  ),
  end: db.prepare('insert or ignore into ended values (?)'),
  isEnded: db.prepare('select 1 from ended where jti = ?'),
  events: db.prepare(
    'select content from events where owner = ? and start_ms >= ? and start_ms < ? order by start_ms limit 250',
  ),
  event: db.prepare('select content from events where owner = ? and id = ?'),
  addEvent: db.prepare('insert into events values (?, ?, ?, ?, ?)'),
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const SIGNING = { key: privateKey, dsaEncoding: /** @type {const} */ ('ieee-p1363') }
const VERIFYING = { key: publicKey, dsaEncoding: /** @type {const} */ ('ieee-p1363') }
const HEADER = encode({ typ: 'at+jwt', alg: 'ES256', kid: 'one' })

function issue(subject, scope, family, refresh) {
  const iat = now()
  const jti = `${family}.${randomBytes(12).toString('base64url')}`
  const claims = { iss: ISSUER, sub: subject, aud: API, exp: iat + DAY_S, iat, jti, client_id: CLIENT.id, scope }
  const signed = `${HEADER}.${encode(claims)}`
  const token = `${signed}.${sign('sha256', Buffer.from(signed), SIGNING).toString('base64url')}`
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: DAY_S,
    scope,
    ...(refresh && { refresh_token: refresh }),
  }
}

function readToken(token) {
  const [header, claims, signature] = token.split('.')
  const signed = Buffer.from(`${header}.${claims}`)
  if (!verify('sha256', signed, VERIFYING, Buffer.from(signature, 'base64url'))) throw new Error('signature')
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

function authenticate({ headers }) {
  const credentials = Buffer.from(headers.authorization.slice('Basic '.length), 'base64').toString()
  const [id, secret] = credentials.split(':').map(decodeURIComponent)
  const client = sql.client.get(id)
  if (!timingSafeEqual(Buffer.from(hash(secret)), Buffer.from(client.secret_hash))) throw new Error('client')
  return client
}

/** Takes a code or a refresh token, and stores the next refresh token. */
const exchange = db.transaction((take, hashed, client) => {
  const taken = take.get({ hash: hashed, client, now: now() })
  if (!taken) throw new Error('grant')
  const refresh = random()
  sql.addRefresh.run(hash(refresh), taken.family, client, now() + 30 * DAY_S)
  return { taken, family: sql.family.get(taken.family), refresh }
})

const storeCode = db.transaction((code, user, client, scope, challenge) => {
  const family = randomBytes(12).toString('base64url')
  sql.addFamily.run(family, client, user, scope)
  sql.addCode.run(hash(code), family, client, challenge, now() + 60)
})

const verified = new Map()

function ownerOf({ headers }) {
  const token = headers.authorization.slice('Bearer '.length)
  let claims = verified.get(token)
  if (!claims) {
    claims = readToken(token)
    verified.set(token, claims)
  }
  if (claims.exp < now()) throw new Error('expired')
  return claims.sub
}

/** Each answers with a status, headers and a body. */
const routes = {
  'GET /healthz': () => json({}),
  'GET /sign-in'() {
    const id = random()
    sql.addSession.run(id, 'alice')
    return [200, { 'Set-Cookie': `sid=${id}` }, '']
  },
  'GET /authorize'({ url, headers }) {
    const query = new URLSearchParams(url.slice(url.indexOf('?')))
    const client = sql.client.get(query.get('client_id'))
    const { user } = sql.session.get(/sid=([\w-]+)/.exec(headers.cookie)?.[1])
    const scope = query.get('scope')
    if (client.redirect_uri !== query.get('redirect_uri') || sql.consent.get(user, client.id).scope !== scope)
      throw new Error('consent')
    const code = random()
    storeCode.immediate(code, user, client.id, scope, query.get('code_challenge'))
    const answer = new URLSearchParams({ code, state: query.get('state') ?? '', iss: ISSUER })
    return [302, { Location: `${client.redirect_uri}?${answer}` }, '']
  },
  async 'POST /token'(request) {
    const form = new URLSearchParams(await bodyOf(request))
    const { id } = authenticate(request)
    const grant = form.get('grant_type')
    if (grant === 'client_credentials') return json(issue(id, form.get('scope'), id, undefined))
    const isCode = grant === 'authorization_code'
    const hashed = hash(form.get(isCode ? 'code' : 'refresh_token'))
    const { taken, family, refresh } = exchange.immediate(isCode ? sql.takeCode : sql.takeRefresh, hashed, id)
    if (isCode && taken.challenge !== hash(form.get('code_verifier'))) throw new Error('verifier')
    return json(issue(family.user, family.scope, family.id, refresh))
  },
  async 'POST /introspect'(request) {
    const form = new URLSearchParams(await bodyOf(request))
    authenticate(request)
    const claims = readToken(form.get('token'))
    const active = claims.exp > now() && !sql.isEnded.get(claims.jti)
    return json(active ? { active, token_type: 'Bearer', ...claims } : { active })
  },
  async 'POST /revoke'(request) {
    const form = new URLSearchParams(await bodyOf(request))
    authenticate(request)
    sql.end.run(readToken(form.get('token')).jti)
    return json({})
  },
  'GET /calendar/events'(request) {
    const query = new URLSearchParams(request.url.slice(request.url.indexOf('?')))
    const [from, to] = [query.get('timeMin'), query.get('timeMax')].map(time => Date.parse(time ?? ''))
    const rows = sql.events.all(ownerOf(request), from, to)
    return json({ kind: 'calendar#events', items: rows.map(row => JSON.parse(row.content)) })
  },
  'GET /calendar/events/'(request) {
    const id = request.url.slice(request.url.lastIndexOf('/') + 1)
    return json(JSON.parse(sql.event.get(ownerOf(request), id).content))
  },
  async 'POST /calendar/events'(request) {
    const owner = ownerOf(request)
    const event = { id: randomBytes(13).toString('hex'), status: 'confirmed', ...JSON.parse(await bodyOf(request)) }
    const [start, end] = [event.start, event.end].map(({ dateTime }) => Date.parse(`${dateTime}Z`))
    sql.addEvent.run(owner, event.id, start, end, JSON.stringify(event))
    return json(event, 201)
  },
}

function json(value, status = 200) {
  return [status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, JSON.stringify(value)]
}

async function bodyOf(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

createServer(async (request, response) => {
  const [path] = request.url.split('?', 1)
  const route = routes[`${request.method} ${path}`] ?? routes[`${request.method} ${path.replace(/[^/]+$/, '')}`]
  try {
    const [status, headers, body] = await route(request)
    response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
  } catch (error) {
    response.writeHead(400).end(String(error.stack))
  }
}).listen(PORT_NUMBER, '127.0.0.1')
