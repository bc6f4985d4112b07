import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { messagesOf, readExchange } from '../../src/capture/messages'
import { spentBy } from '../../src/capture/spending'
import type { ExchangeTable } from '../../src/store/schema'

const addresses = {
  clientAppUrl: 'http://localhost:4000',
  authServerUrl: 'http://localhost:4001',
  calendarApiUrl: 'http://localhost:4002',
  labUrl: 'http://localhost:4003',
}
const CALLBACK = '/callback?code=a-code&state=a-state'

interface Sent {
  service?: ReportedExchange['service']
  method?: string
  target: string
  location?: string
  stopped?: 'redirect' | 'arrival'
}

let count = 0

function exchange({ service = 'client-app', method = 'GET', target, location, stopped }: Sent): ReportedExchange {
  count += 1
  const headers: [string, string][] = [
    ...(location ? [['location', location] as [string, string]] : []),
    ...(stopped ? [['glasshouse-slow-motion', stopped] as [string, string]] : []),
  ]
  return {
    service,
    end: 'server',
    id: String(count).padStart(16, '0'),
    traceId: String(count).padStart(32, '0'),
    browser: 'a-browser',
    startedAt: count * 1_000,
    durationMs: 1,
    request: { method, target, headers: [], bodyBytes: 0 },
    response: { status: location ? 303 : 200, headers, bodyBytes: 0 },
  }
}

function messages(sent: ReportedExchange[]) {
  const rows = sent.map(one => ({ id: one.id, caused_by: null, client_end: null, server_end: JSON.stringify(one) }))
  const read = rows.flatMap(row => readExchange(row as ExchangeTable, addresses) ?? [])
  return messagesOf({ exchanges: new Map(read.map(one => [one.id, one])) })
}

/** Step 3 as it is reported in slow motion: each redirect is the one that the service decided on. */
function thirdStep(): ReportedExchange[] {
  const callback = addresses.clientAppUrl + CALLBACK
  const accounts = { service: 'auth-server' } as const
  return [
    exchange({ ...accounts, method: 'POST', target: '/consent', location: callback, stopped: 'redirect' }),
    exchange({ ...accounts, target: '/demo/stop/one' }),
    exchange({ ...accounts, target: '/demo/go/one', location: callback }),
    exchange({ target: CALLBACK, location: '/demo/stop/two', stopped: 'arrival' }),
    exchange({ target: '/demo/stop/two' }),
    exchange({ target: '/demo/go/two', location: callback }),
    exchange({ target: CALLBACK, location: '/', stopped: 'redirect' }),
  ]
}

test('a run in slow motion shows the messages of the protocol alone, as at full speed', () => {
  const shown = messages(thirdStep()).filter(message => message.shown)
  expect(shown.map(({ request, response }) => [request.method, request.target, response?.status])).toEqual([
    ['POST', '/consent', 303],
    ['GET', CALLBACK, 303],
  ])
})

test('the redirect is tied to the answer that the client reads, not to the one that waited at its door', () => {
  const sent = thirdStep()
  const read = messages(sent).find(({ id }) => id === sent.at(-1)?.id)
  expect(read?.after).toBe(sent[0]?.id)
})

test('a state is not spent while its answer waits', () => {
  const spent = thirdStep().map(one => spentBy(one).map(({ value }) => value))
  expect(spent).toEqual([[], [], [], [], [], [], ['a-state']])
})
