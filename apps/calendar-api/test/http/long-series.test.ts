/** Series that reach far, or of which many events were changed. */
import { callerOf, draft, newOwner, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

/** A user with an event from 1 March 2027 on, at ten in Amsterdam. */
async function repeating(rule: string) {
  const me = callerOf(api, api.token(newOwner()))
  const { status, json } = await me('POST', '', { body: draft({ recurrence: [`RRULE:${rule}`] }) })
  expect(status).toBe(201)
  return { me, id: json.id as string }
}

test('a list in which rare events take long to find is refused, and others are answered meanwhile', async () => {
  const { me } = await repeating('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29')
  const ended: string[] = []
  const slow = me('GET', '?singleEvents=true&timeMax=9999-01-01T00:00:00Z').then(answer => {
    ended.push('slow')
    return answer
  })
  for (let quick = 1; quick <= 5; quick += 1) {
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
    ended.push('quick')
  }
  expect(await slow).toMatchObject({ status: 400, json: { detail: expect.stringMatching('timeMax') } })
  expect(ended).toEqual([...Array(5).fill('quick'), 'slow'])
})

test('a birthday is found in each year of a thousand', async () => {
  const { me } = await repeating('FREQ=YEARLY')
  const { items } = (await me('GET', '?singleEvents=true&maxResults=2500&timeMax=3027-01-01T00:00:00Z')).json
  expect(items.map(({ start }: { start: { dateTime: string } }) => Number(start.dateTime.slice(0, 4)))).toEqual(
    Array.from({ length: 1000 }, (_, index) => 2027 + index),
  )
})

test('a series with more changed events than a statement has room for can be deleted', async () => {
  const { me, id } = await repeating('FREQ=WEEKLY')
  const moved = `${id}_20270308T090000Z`
  await me('PATCH', `/${moved}`, { body: { summary: 'Moved' } })
  const { db } = api.context
  const { number: _, ...row } = await db
    .selectFrom('events')
    .selectAll()
    .where('id', '=', moved)
    .executeTakeFirstOrThrow()
  const more = Array.from({ length: 9_000 }, (_one, index) => ({
    ...row,
    id: `${id}_${20280101 + index}`,
    original_start_ms: index,
  }))
  for (let at = 0; at < more.length; at += 500)
    await db
      .insertInto('events')
      .values(more.slice(at, at + 500))
      .execute()
  expect((await me('DELETE', `/${id}`)).status).toBe(204)
  expect((await me('GET')).json.items).toEqual([])
  const { count } = await db
    .selectFrom('events')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('recurring_id', '=', id)
    .executeTakeFirstOrThrow()
  expect(Number(count)).toBe(0)
})
