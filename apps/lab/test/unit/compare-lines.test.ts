import type { Message } from '../../src/capture/messages'
import { compareMessages } from '../../src/compare/lines'
import { message } from '../messages'

/** The answer of the calendar to a question for events. */
function events(count: number): Message {
  const asked = message({ to: 'calendar-api', target: '/calendar/events' })
  const body = JSON.stringify({ items: Array.from({ length: count }, () => ({ status: 'confirmed' })) })
  return { ...asked, response: { status: 200, headers: [['content-type', 'application/json']], body, bodyBytes: 0 } }
}

const created = (id: string) =>
  message({ to: 'calendar-api', target: '/calendar/events', status: 201, location: `http://api/calendar/events/${id}` })
const compare = (left: Message, right: Message) => compareMessages(left, right, () => undefined)

test('how many events a calendar has is no difference between two runs', () => {
  const { response, differs } = compare(events(7), events(8))
  expect(response.map(({ outcome }) => outcome)).toContain('new each time')
  expect(differs).toBe(false)
})

test('the id of a new event differs each time, but another path is a difference', () => {
  expect(compare(created('866b9d54'), created('5baf2c2e')).differs).toBe(false)
  const elsewhere = message({
    to: 'calendar-api',
    target: '/calendar/events',
    status: 201,
    location: 'http://api/other',
  })
  expect(compare(created('866b9d54'), elsewhere).differs).toBe(true)
})
