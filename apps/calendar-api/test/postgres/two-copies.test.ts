/** Two copies of the service on one database: a client that follows either of them misses nothing, and hears nothing twice. */
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let copies: [TestCalendarApi, TestCalendarApi]
beforeAll(async () => {
  const first = await startCalendarApi()
  copies = [first, await startCalendarApi({ beside: first })]
})
afterAll(async () => {
  for (const copy of [...copies].reverse()) await copy.stop()
})

type Call = ReturnType<typeof callerOf>
interface Item {
  id: string
  etag?: string
  status: string
}

const WRITERS = 4
const EVENTS = 9

/** Keeps a copy of a calendar, and asks each time another copy of the service for what has changed. */
class Follower {
  readonly copy = new Map<string, string>()
  readonly heard: string[] = []
  private token = ''
  private turn = 0

  constructor(private readonly calls: Call[]) {}

  async follow(): Promise<void> {
    for (let pageToken = ''; ; ) {
      const call = this.calls[this.turn++ % this.calls.length] as Call
      const { status: code, json } = await call('GET', `?maxResults=4&syncToken=${this.token}&pageToken=${pageToken}`)
      expect([code, json.detail]).toEqual([200, undefined])
      for (const { id, etag = '', status } of json.items as Item[]) {
        this.heard.push(`${id} ${etag}`)
        if (status === 'cancelled') this.copy.delete(id)
        else this.copy.set(id, etag)
      }
      if (!json.nextPageToken) {
        this.token = json.nextSyncToken
        return
      }
      pageToken = json.nextPageToken
    }
  }
}

test('while several clients write by both', async () => {
  const owner = newOwner()
  const calls = copies.map(copy => callerOf(copy, copy.token(owner)))
  const followers = [new Follower(calls), new Follower([...calls].reverse()), new Follower(calls.slice(1))]
  for (const follower of followers) await follower.follow()

  let writing = true
  const following = followers.map(async follower => {
    while (writing) await follower.follow()
  })
  const write = async (writer: number) => {
    for (let n = 0; n < EVENTS; n++) {
      const [one, other] = n % 2 === 0 ? calls : [...calls].reverse()
      const { status, json } = await (one as Call)('POST', '', { body: draft({ summary: `${writer} ${n}` }) })
      expect(status).toBe(201)
      await (other as Call)('PATCH', `/${json.id}`, { body: { summary: 'Changed' } })
      if (n % 3 === 0) await (one as Call)('DELETE', `/${json.id}`)
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  writing = false
  await Promise.all(following)

  const { items } = (await (calls[0] as Call)('GET', '?maxResults=2500')).json
  expect(items).toHaveLength((WRITERS * EVENTS * 2) / 3)
  for (const follower of followers) {
    await follower.follow()
    expect([...follower.copy].sort()).toEqual(items.map(({ id, etag }: Item) => [id, etag]).sort())
    expect(new Set(follower.heard).size).toBe(follower.heard.length)
  }
})
