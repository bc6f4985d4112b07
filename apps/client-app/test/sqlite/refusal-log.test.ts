import { request as httpRequest } from 'node:http'
import { readForms, TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, DINNER, startConnecting, startTripmate, type Tripmate } from '../support'

let tripmate: Tripmate
/** A browser with a connected calendar and a trip. */
let me: TestBrowser
let tripPath: string
let itemPath: string
let dinnerPath: string

beforeAll(async () => {
  tripmate = await startTripmate()
  me = (await connect(tripmate)).browser
  const trips = await me.get(`${tripmate.url}/trips`)
  tripPath = (await me.submit(trips, { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')).location.pathname
  const trip = await me.get(tripmate.url + tripPath)
  itemPath = new RegExp(`${tripPath}/items/[0-9a-f-]{36}`).exec(trip.body)?.[0] ?? ''
  const times = { start: { dateTime: '2027-03-12T19:00:00Z' }, end: { dateTime: '2027-03-12T21:00:00Z' } }
  dinnerPath = `/events/${tripmate.calendar.add({ summary: 'Dinner', ...times }).id}`
})
afterAll(() => tripmate.stop())
afterEach(() => {
  tripmate.calendar.instead = undefined
  tripmate.accounts.instead = undefined
})

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** Every line logged at these levels while `act` runs. */
async function logged(
  act: () => Promise<unknown>,
  levels: Level[] = ['warn', 'error', 'fatal'],
): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = []
  const spies = levels.map(level =>
    jest.spyOn(tripmate.context.log, level).mockImplementation((fields: unknown) => {
      lines.push(fields as Record<string, unknown>)
    }),
  )
  await act()
  for (const spy of spies) spy.mockRestore()
  return lines
}

/** Each request contains this value, which must never be logged. */
const HUSH = 'hush-hush-never-to-be-logged'

/** Sends a form with this browser's anti-forgery field. */
async function post(path: string, fields: Record<string, string>, browser = me) {
  const page = await browser.get(`${tripmate.url}/trips`)
  return browser.post(tripmate.url + path, { _csrf: readForms(page)[0]?.fields._csrf ?? '', ...fields })
}
const get = (path: string, browser = me) => browser.get(tripmate.url + path)
/** Sends an authorization response to a browser that has started to connect. */
async function comeBack(parameters: Record<string, string>, meanwhile = () => {}) {
  const browser = new TestBrowser()
  const url = await startConnecting(tripmate, browser)
  meanwhile()
  return browser.get(tripmate.accounts.answer(url, { iss: tripmate.accounts.url, ...parameters }))
}
const calendarAnswers = (status: number, problem: object) => {
  tripmate.calendar.instead = (_request, response) => {
    response.status(status).json(problem)
    return true
  }
}
const accountsAnswer = (status: number, body: object) => {
  tripmate.accounts.instead = (_request, response) => {
    response.status(status).json(body)
  }
}
/** Sends the request target exactly as given; fetch() would normalize it. */
function sendTarget(target: string): Promise<void> {
  const { hostname, port } = new URL(tripmate.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path: target }, response => response.resume().on('end', resolve))
    request.on('error', reject).end()
  })
}

const BAD = { ...DINNER, summary: HUSH, start: HUSH, timeZone: HUSH }

interface Line {
  path: string | (() => string)
  /** The status of the response, unless it is a redirect. */
  status?: number
  refused: string
  why: string | RegExp
}

describe('a refused request leaves one structured log line that names the failed check, for', () => {
  test.each<[string, () => Promise<unknown>, Line]>([
    [
      'an event form with nothing in it',
      () => post('/events', {}),
      { path: '/events', status: 400, refused: 'event-form', why: 'invalid fields: summary, start, end' },
    ],
    [
      'an event form with bad fields',
      () => post('/events', BAD),
      { path: '/events', status: 400, refused: 'event-form', why: 'invalid fields: timeZone' },
    ],
    [
      'an event form without a calendar',
      () => post('/events', { ...DINNER, summary: HUSH }, new TestBrowser()),
      { path: '/events', status: 403, refused: 'calendar.not_connected', why: 'No calendar is connected' },
    ],
    [
      'an event that the calendar does not accept',
      () => {
        calendarAnswers(400, { detail: HUSH, errors: [{ pointer: `#/${HUSH}`, detail: HUSH }] })
        return post('/events', { ...DINNER, summary: HUSH })
      },
      { path: '/events', status: 400, refused: 'calendar.invalid', why: 'The calendar did not accept this' },
    ],
    [
      'a new event while the calendar fails',
      () => {
        calendarAnswers(500, { detail: HUSH })
        return post('/events', { ...DINNER, summary: HUSH })
      },
      { path: '/events', status: 503, refused: 'calendar.failing', why: 'Your calendar has a problem' },
    ],
    [
      'a change to an event with bad fields',
      () => post(dinnerPath, BAD),
      { path: () => dinnerPath, status: 400, refused: 'event-form', why: 'invalid fields: timeZone' },
    ],
    [
      'a change to an event that no longer exists',
      () => post('/events/gone', { ...DINNER, summary: HUSH }),
      { path: '/events/gone', status: 404, refused: 'This event is not in your calendar', why: 'gone' },
    ],
    [
      'a change to an event that has changed',
      () => post(dinnerPath, { ...DINNER, summary: HUSH, etag: `"${HUSH}"` }),
      { path: () => dinnerPath, status: 409, refused: 'calendar.changed', why: /has changed since you opened it/ },
    ],
    [
      'the page of an event that no longer exists',
      () => get('/events/gone'),
      { path: '/events/gone', status: 404, refused: 'This event is not in your calendar', why: 'gone' },
    ],
    [
      'the page of an event that the calendar refuses to return',
      () => {
        calendarAnswers(400, { detail: HUSH })
        return get(dinnerPath)
      },
      { path: () => dinnerPath, status: 400, refused: 'The calendar did not accept this', why: 'invalid' },
    ],
    [
      'deleting an event without a calendar',
      () => post('/events/gone/delete', {}, new TestBrowser()),
      { path: '/events/gone/delete', status: 403, refused: 'No calendar is connected', why: 'not_connected' },
    ],
    [
      'a trip form with nothing in it',
      () => post('/trips', {}),
      { path: '/trips', status: 400, refused: 'trip-form', why: 'invalid fields: name, startsOn' },
    ],
    [
      'a trip with a bad date and zone',
      () => post('/trips', { name: HUSH, startsOn: HUSH, timeZone: HUSH }),
      { path: '/trips', status: 400, refused: 'trip-form', why: 'invalid fields: startsOn, timeZone' },
    ],
    [
      'moving a trip without a date',
      () => post(tripPath, { name: HUSH, startsOn: HUSH }),
      { path: () => tripPath, refused: 'trip-form', why: 'invalid fields: startsOn' },
    ],
    [
      'a trip whose name is too long',
      () => post(tripPath, { name: HUSH.repeat(10) }),
      { path: () => tripPath, refused: 'trip-form', why: 'invalid fields: name' },
    ],
    [
      'adding a trip to a calendar that fails',
      () => {
        calendarAnswers(500, { detail: HUSH })
        return post(`${tripPath}/calendar`, {})
      },
      { path: () => `${tripPath}/calendar`, refused: 'calendar.failing', why: /has a problem/ },
    ],
    [
      'an activity with bad fields',
      () => post(`${tripPath}/items`, BAD),
      {
        path: () => `${tripPath}/items`,
        status: 400,
        refused: 'trip-item-form',
        why: 'invalid fields: timeZone',
      },
    ],
    [
      'an activity that lasts whole days',
      () => post(`${tripPath}/items`, { ...DINNER, summary: HUSH, start: '2027-03-12', end: '2027-03-13' }),
      { path: () => `${tripPath}/items`, status: 400, refused: 'trip-item-form', why: 'invalid fields: start' },
    ],
    [
      'a change to an activity with bad fields',
      () => post(itemPath, BAD),
      { path: () => itemPath, status: 400, refused: 'trip-item-form', why: 'invalid fields: timeZone' },
    ],
    [
      'an activity that does not exist',
      () => get(`${tripPath}/items/none?x=${HUSH}`),
      {
        path: () => `${tripPath}/items/none`,
        status: 404,
        refused: 'This activity is not on your trip',
        why: /another tab/,
      },
    ],
    [
      'a trip of another browser',
      () => get(`${tripPath}?x=${HUSH}`, new TestBrowser()),
      { path: () => tripPath, status: 404, refused: 'Trip not found', why: /another browser/ },
    ],
    [
      'the calendar feed without its dates',
      () => get(`/calendar-feed?start=${HUSH}`),
      {
        path: '/calendar-feed',
        status: 400,
        refused: 'calendar-feed',
        why: 'start and end are not dates, or end is before start',
      },
    ],
    [
      'the calendar feed without a session',
      () => get(`/calendar-feed?start=2027-03-01&end=2027-04-01&trip=${HUSH}`, new TestBrowser()),
      { path: '/calendar-feed', status: 403, refused: 'calendar.not_connected', why: 'No calendar is connected' },
    ],
    [
      'the calendar feed while the calendar fails',
      () => {
        calendarAnswers(500, { detail: HUSH })
        return get('/calendar-feed?start=2027-03-01&end=2027-04-01')
      },
      { path: '/calendar-feed', status: 503, refused: 'calendar.failing', why: /has a problem/ },
    ],
    [
      'a denial by the user',
      () => comeBack({ error: 'access_denied', error_description: HUSH }),
      { path: '/callback', refused: 'access_denied', why: /the user denied/ },
    ],
    [
      'an error from the authorization server',
      () => comeBack({ error: 'invalid_scope', error_description: `code=${HUSH}` }),
      { path: '/callback', status: 400, refused: 'Your calendar was not connected', why: 'invalid_scope' },
    ],
    [
      'a made-up error',
      () => comeBack({ error: HUSH }),
      { path: '/callback', status: 400, refused: 'Your calendar was not connected', why: 'an unknown error' },
    ],
    [
      'a malformed code',
      () => comeBack({ code: `${HUSH}\x01` }),
      { path: '/callback', status: 400, refused: 'This answer cannot be used', why: /code/ },
    ],
    [
      'a code that is refused',
      () => comeBack({ code: HUSH }),
      { path: '/callback', status: 400, refused: 'Your calendar was not connected', why: 'invalid_grant' },
    ],
    [
      'a code that the authorization server refuses with an unknown error',
      () => comeBack({ code: HUSH }, () => accountsAnswer(401, { error: HUSH, error_description: HUSH })),
      { path: '/callback', status: 502, refused: 'Your calendar was not connected', why: 'an unknown error' },
    ],
    [
      'connecting to an authorization server that fails',
      () => {
        accountsAnswer(500, { error: HUSH })
        return get(`/connect?back=${HUSH}`, new TestBrowser())
      },
      {
        path: '/connect',
        status: 503,
        refused: 'Your calendar cannot be connected right now',
        why: /does not understand/,
      },
    ],
    [
      'an authorization server with unusable metadata',
      () => comeBack({ code: HUSH }, () => accountsAnswer(500, { error: HUSH })),
      {
        path: '/callback',
        status: 503,
        refused: 'Your calendar cannot be connected right now',
        why: /does not understand/,
      },
    ],
    [
      'a response that nobody asked for',
      () => get(`/callback?code=${HUSH}&state=${HUSH}`, new TestBrowser()),
      { path: '/callback', status: 400, refused: 'This answer cannot be used', why: /does not belong/ },
    ],
    [
      'a form without its hidden field',
      () => me.post(`${tripmate.url}/events`, { summary: HUSH }),
      { path: '/events', status: 403, refused: 'This form cannot be accepted', why: /hidden field/ },
    ],
    [
      'a null byte',
      () => post('/events', { summary: `${HUSH}\0` }),
      { path: '/events', status: 400, refused: 'This request could not be read', why: /character/ },
    ],
    [
      'a form of 400 kB',
      () => post('/events', { summary: HUSH.repeat(16_000) }),
      { path: '/events', status: 413, refused: 'The request is too large', why: 'entity.too.large' },
    ],
    [
      'a form in an unknown content encoding',
      () => me.post(`${tripmate.url}/events`, { summary: HUSH }, { 'Content-Encoding': HUSH }),
      {
        path: '/events',
        status: 415,
        refused: 'This form has an encoding that we cannot read',
        why: 'encoding.unsupported',
      },
    ],
    [
      'an unknown path',
      () => get(`/nowhere?token=${HUSH}`),
      { path: '/nowhere', status: 404, refused: 'Page not found', why: /mistyped/ },
    ],
    [
      'an endless path',
      () => get(`/${'a'.repeat(5_000)}?token=${HUSH}`),
      { path: `/${'a'.repeat(199)}`, status: 404, refused: 'Page not found', why: /mistyped/ },
    ],
    [
      'an address with a password in it (RFC 9112 §3.2.2)',
      () => sendTarget(`http://alice:${HUSH}@localhost/nowhere?token=${HUSH}#${HUSH}`),
      { path: '/nowhere', status: 404, refused: 'Page not found', why: /mistyped/ },
    ],
  ])('%s', async (_name, act, { path, status, refused, why }) => {
    const found = await logged(act)
    expect(found).toEqual([
      {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        method: expect.stringMatching(/^(GET|POST)$/),
        path: typeof path === 'string' ? path : path(),
        ...(status && { status }),
        refused,
        why: typeof why === 'string' ? why : expect.stringMatching(why),
      },
    ])
    expect(JSON.stringify(found)).not.toContain(HUSH)
  })
})

test('a successful request logs no refusal', async () => {
  expect(
    await logged(async () => {
      await post('/events', { ...DINNER, summary: HUSH })
      await get(tripPath)
      await get('/calendar-feed?start=2027-03-01&end=2027-04-01')
    }),
  ).toEqual([])
})

test('at level debug each request gets a line with only its path', async () => {
  const act = async () => {
    await get(`/callback?code=${HUSH}&state=${HUSH}`)
    await get(`/trips?x=${HUSH}`)
    await new Promise(setImmediate)
  }
  const found = await logged(act, ['debug', 'info'])
  expect(found.map(({ path }) => path)).toEqual(['/callback', '/trips'])
  expect(JSON.stringify(found)).not.toContain(HUSH)
})
