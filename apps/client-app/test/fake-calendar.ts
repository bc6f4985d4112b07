/** A stand-in for the calendar API. It keeps events in memory, and a test can make it misbehave. */
import { randomUUID } from 'node:crypto'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import express, { type Request, type Response } from 'express'
import type { FakeAccounts } from './fake-accounts'

// biome-ignore lint/suspicious/noExplicitAny: tests read events without declaring their shape
type Event = Record<string, any>

export interface FakeCalendar {
  url: string
  events: Map<string, Event>
  requests: {
    method: string
    url: string
    authorization: string | undefined
    ifMatch: string | undefined
    body: unknown
  }[]
  instead: ((request: Request, response: Response) => boolean) | undefined
  add(event: Event): Event
  stop(): Promise<void>
}

export async function startFakeCalendar(accounts: FakeAccounts): Promise<FakeCalendar> {
  const server = await startTestServer()
  const app = express()
  const events = new Map<string, Event>()
  const calendar: FakeCalendar = {
    url: server.url,
    events,
    requests: [],
    instead: undefined,
    add(event) {
      const full: Event = { id: randomUUID(), etag: `"${randomUUID()}"`, ...event }
      events.set(full.id, full)
      return full
    },
    stop: server.stop,
  }
  app.use(express.json())
  app.use((request, response, next) => {
    const { method, url, headers, body } = request
    calendar.requests.push({ method, url, authorization: headers.authorization, ifMatch: headers['if-match'], body })
    if (calendar.instead?.(request, response)) return
    const scope = accounts.accessTokens.get(headers.authorization?.replace('Bearer ', '') ?? '')
    if (scope === undefined) {
      response.set('WWW-Authenticate', 'Bearer error="invalid_token"').status(401).json({})
    } else if (!scope.split(' ').includes(method === 'GET' ? 'calendar.read' : 'calendar.write')) {
      response.set('WWW-Authenticate', 'Bearer error="insufficient_scope"').status(403).json({})
    } else next()
  })
  app.get('/calendar/events', (request, response) => {
    const all = [...events.values()].sort((one, other) => startOf(one).localeCompare(startOf(other)))
    const { timeMin, timeMax = '9999', maxResults = '250', pageToken = '0' } = request.query
    const inRange = all.filter(event => endOf(event) > String(timeMin) && startOf(event) < String(timeMax))
    const [from, to] = [Number(pageToken), Number(pageToken) + Number(maxResults)]
    response.json({ items: inRange.slice(from, to), ...(to < inRange.length && { nextPageToken: String(to) }) })
  })
  app.post('/calendar/events', (request, response) => {
    if (events.has(request.body.id)) response.status(409).json({ title: 'Conflict' })
    else response.status(201).json(calendar.add(request.body))
  })
  app.use('/calendar/events/:id', (request, response, next) => {
    const event = events.get(String(request.params.id))
    const expected = request.headers['if-match']
    if (!event) response.status(404).json({})
    else if (expected && expected !== event.etag) response.status(412).json({})
    else next()
  })
  app.get('/calendar/events/:id', (request, response) => {
    response.json(events.get(request.params.id))
  })
  app.patch('/calendar/events/:id', (request, response) => {
    const changed = { ...events.get(request.params.id), ...request.body, id: request.params.id }
    response.json(calendar.add({ ...changed, etag: `"${randomUUID()}"` }))
  })
  app.delete('/calendar/events/:id', (request, response) => {
    events.delete(request.params.id)
    response.sendStatus(204)
  })
  server.answerWith(app)
  return calendar
}

const startOf = (event: Event) => instant(event.start)
const endOf = (event: Event) => instant(event.end)

function instant(time: Event): string {
  return new Date(time.dateTime ?? time.date).toISOString()
}
