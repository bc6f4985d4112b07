/**
 * What a virtual user does, again and again. `start` prepares and is not measured; each `call` is one measured operation and
 * throws unless the answer is right.
 */
import { createHash, randomBytes } from 'node:crypto'
import { ALICE, BOB, browse, Connection, Jar } from './http.mjs'

/**
 * @typedef {object} Contestant what a virtual user must know; plain data, because it is sent to another process
 * @property {string} accounts @property {string} calendar the public addresses
 * @property {{ accounts: string[], calendar: string[] }} [addresses] where each copy listens, if there are several
 * @property {{ id: string, secret: string }} client @property {{ id: string, secret: string }} [introspector]
 * @property {string} redirectUri
 * @property {string} [signInPath] for a peer without pages: sets the cookie of a session
 * @property {string} [opaque] for a peer whose JWTs can be neither introspected nor revoked: the resource whose tokens can
 * @property {string} [bearer] an access token of alice's, for the calendar
 * @property {boolean} [plain] whether `repeating` lists the month without series
 * @property {string} [cookie] of a browser that has connected its calendar to Tripmate
 */
/** @typedef {{ call: () => Promise<void>, prepare?: (calls: number) => Promise<void>, close: () => void }} User */
/** @typedef {{ title: string, batch?: number, start: (contestant: Contestant, index: number) => Promise<User> }} Workload */

const SCOPE = 'calendar.read calendar.write'
const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

/** The month that is listed, and how many events it has. The events are created by `fillMonth`. */
const MONTH = { from: '2027-03-01T00:00:00Z', to: '2027-03-31T00:00:00Z', events: 30 }
const LIST = `/calendar/events?${new URLSearchParams({ timeMin: MONTH.from, timeMax: MONTH.to })}`

/**
 * Two months with as many events: in one each is an instance of a series, in the other none. `fillRepeating` creates them.
 * The series begin and end far from the months of the other workloads.
 */
const REPEATING = { month: '2029-03', plain: '2031-03', events: 100, begins: '2028-06', until: '20291231T000000Z' }

/** Bob's calendar, for Tripmate's page: the events that the demo gives him, and a few more. No other workload writes into it. */
const BOBS = { events: 16, added: 3, dayMs: 86_400_000 }

/** @type {Record<string, Workload>} */
export const WORKLOADS = {
  token: {
    title: '`POST /token`, client_credentials',
    async start(contestant, index) {
      const { token, close } = tokenEndpoint(contestant, index)
      return { call: async () => void (await token(own({}))), close }
    },
  },
  code: {
    title: 'code round trip (`GET /authorize`, `POST /token`)',
    async start(contestant, index) {
      const { connection, token, close } = tokenEndpoint(contestant, index)
      const { jar } = await signIn(contestant)
      return {
        async call() {
          const { status, headers, body } = await connection.send('GET', authorizePath(contestant), {
            cookie: jar.header,
            accept: 'text/html',
          })
          jar.store(headers['set-cookie'])
          const code = /[?&]code=([^&]+)/.exec(String(headers.location))?.[1]
          if (!code) throw new Error(`GET /authorize: ${status} ${headers.location} ${body.slice(0, 200)}`)
          const answer = await token(redeem(contestant, decodeURIComponent(code)))
          if (!answer.refresh_token) throw new Error('there is no refresh token')
        },
        close,
      }
    },
  },
  refresh: {
    title: 'refresh with rotation',
    async start(contestant, index) {
      const { token, close } = tokenEndpoint(contestant, index)
      let { refresh_token: current } = await token(redeem(contestant, (await signIn(contestant)).code))
      return {
        async call() {
          const { refresh_token: next } = await token({ grant_type: 'refresh_token', refresh_token: current })
          if (!next || next === current) throw new Error('the refresh token was not rotated')
          current = next
        },
        close,
      }
    },
  },
  introspect: {
    title: 'introspect',
    async start(contestant, index) {
      const { connection, token, close } = tokenEndpoint(contestant, index)
      const parameters = contestant.opaque ? own(contestant) : redeem(contestant, (await signIn(contestant)).code)
      const body = new URLSearchParams({ token: (await token(parameters)).access_token }).toString()
      const headers = formHeaders(contestant.introspector ?? contestant.client)
      return {
        async call() {
          const answer = must(await connection.send('POST', '/introspect', headers, body), 200, 'POST /introspect')
          if (JSON.parse(answer.body).active !== true) throw new Error(`the token is not active: ${answer.body}`)
        },
        close,
      }
    },
  },
  revoke: {
    title: 'revoke (until every copy of the API knows)',
    batch: 400,
    async start(contestant, index) {
      const { connection, token, close } = tokenEndpoint(contestant, index)
      const headers = formHeaders(contestant.client)
      /** @type {string[]} */
      const tokens = []
      return {
        async prepare(calls) {
          while (tokens.length < calls) tokens.push((await token(own(contestant))).access_token)
        },
        async call() {
          const body = new URLSearchParams({ token: tokens.pop() ?? '' }).toString()
          must(await connection.send('POST', '/revoke', headers, body), 200, 'POST /revoke')
        },
        close,
      }
    },
  },
  list: {
    title: `list a month (${MONTH.events} events)`,
    async start(contestant, index) {
      const { get, close } = calendarApi(contestant, index)
      return {
        async call() {
          const { items } = JSON.parse(await get(LIST))
          if (items.length !== MONTH.events) throw new Error(`${items.length} events instead of ${MONTH.events}`)
        },
        close,
      }
    },
  },
  repeating: {
    title: `list a month of ${REPEATING.events} repeating events, beside one of as many plain ones`,
    async start(contestant, index) {
      const { get, close } = calendarApi(contestant, index)
      const month = contestant.plain ? REPEATING.plain : REPEATING.month
      const window = { timeMin: `${month}-01T00:00:00Z`, timeMax: `${month}-31T00:00:00Z`, singleEvents: 'true' }
      const path = `/calendar/events?${new URLSearchParams(window)}`
      return {
        async call() {
          const { items } = JSON.parse(await get(path))
          if (items.length !== REPEATING.events) throw new Error(`${items.length} events, not ${REPEATING.events}`)
        },
        close,
      }
    },
  },
  event: {
    title: 'one event',
    async start(contestant, index) {
      const { get, close } = calendarApi(contestant, index)
      const [{ id }] = JSON.parse(await get(LIST)).items
      return {
        async call() {
          if (JSON.parse(await get(`/calendar/events/${id}`)).id !== id) throw new Error('this is another event')
        },
        close,
      }
    },
  },
  create: {
    title: 'create',
    async start(contestant, index) {
      const { create, close } = calendarApi(contestant, index)
      return { call: () => create('2028-05-01'), close }
    },
  },
  page: {
    title: `Tripmate’s start page, connected (${BOBS.events} events)`,
    async start({ calendar, cookie = '' }) {
      const connection = new Connection(calendar)
      const headers = { cookie, accept: 'text/html' }
      return {
        async call() {
          const { body } = must(await connection.send('GET', '/', headers), 200, 'GET /')
          const shown = body.match(/class="agenda-row"/g)?.length
          if (shown !== BOBS.events) throw new Error(`the page shows ${shown} events, not ${BOBS.events}`)
        },
        close: () => connection.close(),
      }
    },
  },
}

/** Creates the events that `list` and `event` ask for, one a day. @param {Contestant} contestant */
export async function fillMonth(contestant) {
  const { create, close } = calendarApi(contestant, 0)
  for (let day = 1; day <= MONTH.events; day += 1) await create(`2027-03-${String(day).padStart(2, '0')}`)
  close()
}

/** Creates the events that `repeating` asks for. @param {Contestant} contestant */
export async function fillRepeating(contestant) {
  const { create, close } = calendarApi(contestant, 0)
  const recurrence = [`RRULE:FREQ=MONTHLY;UNTIL=${REPEATING.until}`]
  for (let number = 0; number < REPEATING.events; number += 1) {
    const day = String((number % 28) + 1).padStart(2, '0')
    await create(`${REPEATING.begins}-${day}`, { recurrence })
    await create(`${REPEATING.plain}-${day}`)
  }
  close()
}

/** Adds to bob's calendar, one event a day from tomorrow on. @param {Contestant} contestant */
export async function fillBobs(contestant) {
  const { create, close } = calendarApi({ ...contestant, bearer: await tokenOf(contestant, BOB) }, 0)
  for (let day = 1; day <= BOBS.added; day += 1)
    await create(new Date(Date.now() + day * BOBS.dayMs).toISOString().slice(0, 10))
  close()
}

/** @param {Contestant} contestant @returns {Promise<string>} an access token that this person has allowed */
export async function tokenOf(contestant, person = ALICE) {
  const { token, close } = tokenEndpoint(contestant, 0)
  const { access_token: accessToken } = await token(redeem(contestant, (await signIn(contestant, person)).code))
  close()
  return accessToken
}

/** @param {Contestant} contestant @returns {Promise<{ jar: Jar, code: string }>} a session, and the code it led to */
async function signIn(contestant, person = ALICE) {
  const jar = new Jar()
  if (contestant.signInPath) {
    jar.store((await fetch(contestant.accounts + contestant.signInPath)).headers.getSetCookie())
  }
  const callback = await browse(jar, contestant.accounts + authorizePath(contestant), contestant.redirectUri, person)
  return { jar, code: new URL(callback).searchParams.get('code') ?? '' }
}

/** @param {Contestant} contestant */
function authorizePath({ client, redirectUri }) {
  return `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: SCOPE,
    state: 'a-state-of-16-chars',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })}`
}

/** @param {Contestant} contestant @param {string} code */
function redeem({ redirectUri }, code) {
  return { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
}

/** @param {{ opaque?: string }} contestant */
function own({ opaque }) {
  return { grant_type: 'client_credentials', scope: 'calendar.read', ...(opaque && { resource: opaque }) }
}

/** @param {Contestant} contestant @param {number} index of the virtual user: users are spread over the copies */
function tokenEndpoint(contestant, index) {
  const connection = new Connection(contestant.accounts, copyFor(contestant.addresses?.accounts, index))
  const headers = formHeaders(contestant.client)
  return {
    connection,
    async token(parameters) {
      const body = new URLSearchParams(parameters).toString()
      const answer = JSON.parse(must(await connection.send('POST', '/token', headers, body), 200, 'POST /token').body)
      if (!answer.access_token) throw new Error('there is no access token')
      return answer
    },
    close: () => connection.close(),
  }
}

/** @param {Contestant} contestant @param {number} index */
function calendarApi(contestant, index) {
  const connection = new Connection(contestant.calendar, copyFor(contestant.addresses?.calendar, index))
  const headers = { authorization: `Bearer ${contestant.bearer}`, accept: 'application/json' }
  return {
    get: async path => must(await connection.send('GET', path, headers), 200, `GET ${path}`).body,
    async create(date, more = {}) {
      const [start, end] = ['19:00:00', '21:00:00'].map(time => ({
        dateTime: `${date}T${time}`,
        timeZone: 'Europe/London',
      }))
      const body = JSON.stringify({ summary: 'Dinner with Edith', location: 'The Perch, Binsey', start, end, ...more })
      const json = { ...headers, 'content-type': 'application/json' }
      must(await connection.send('POST', '/calendar/events', json, body), 201, 'POST /calendar/events')
    },
    close: () => connection.close(),
  }
}

const copyFor = (addresses, index) => addresses?.[index % addresses.length]

/** RFC 6749 §2.3.1: id and secret are form-encoded first. */
function formHeaders({ id, secret }) {
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')
  return { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' }
}

/** @param {import('./http.mjs').Answer} answer @param {number} status @param {string} what */
function must(answer, status, what) {
  if (answer.status === status) return answer
  throw new Error(`${what}: ${answer.status} instead of ${status}: ${answer.body.slice(0, 300)}`)
}
