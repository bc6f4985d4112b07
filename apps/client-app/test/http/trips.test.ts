import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import { connect, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
let browser: TestBrowser
beforeEach(async () => {
  tripmate = await startTripmate()
  browser = new TestBrowser()
})
afterEach(() => tripmate.stop())

/** Plans the Lisbon itinerary: eight items from Thursday 1 April 2027. @returns the trip's path */
async function planLisbon(): Promise<string> {
  const page = await browser.get(`${tripmate.url}/trips`)
  const answer = await browser.submit(page, { itinerary: 'lisbon', startsOn: '2027-04-01' }, 'itinerary')
  return answer.location.pathname
}

const addAll = (path: string) => submit(tripmate, browser, path, {}, '_csrf')
const summaries = () => [...tripmate.calendar.events.values()].map(event => event.summary)

describe('planning', () => {
  it('needs no calendar', async () => {
    const path = await planLisbon()
    const page = await browser.get(tripmate.url + path)
    expect(textOf(page)).toContain('Tram 28 from end to end')
    expect(textOf(page)).toContain('No calendar is connected yet')
  })

  it('plans a trip activity by activity', async () => {
    const page = await browser.get(`${tripmate.url}/trips`)
    const made = await browser.submit(
      page,
      { name: 'Trieste', startsOn: '2027-05-03', timeZone: 'Europe/Rome' },
      'name',
    )
    const { pathname } = made.location
    expect(textOf(await browser.get(made.location))).toContain('Nothing planned yet')
    const item = { summary: 'Coffee at San Marco', start: '2027-05-04T10:00', end: '2027-05-04T11:00' }
    const after = await submit(tripmate, browser, `${pathname}/items/new`, item, 'summary')
    expect(textOf(after)).toContain('Coffee at San Marco')
    expect(textOf(after)).toContain('Day 2 Tuesday 4 May')
  })

  it.each([
    ['no name', { name: '' }, 'Give your trip a name'],
    ['no date', { startsOn: '' }, 'Enter the first day of the trip'],
    ['a date that does not exist', { startsOn: '2027-02-30' }, 'Enter the first day of the trip'],
  ])('refuses %s beside the field', async (_what, fields, message) => {
    const page = await browser.get(`${tripmate.url}/trips`)
    const answer = await browser.submit(page, { name: 'Trieste', startsOn: '2027-05-03', ...fields }, 'name')
    expect(answer.status).toBe(400)
    expect(textOf(answer)).toContain(message)
  })

  it('shows no user another user’s trip, whatever they do with its address', async () => {
    const path = await planLisbon()
    const stranger = new TestBrowser()
    await stranger.get(`${tripmate.url}/connect`)
    const own = await stranger.get(`${tripmate.url}/trips`)
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(own.body)?.[1] ?? ''
    for (const suffix of ['', '/delete', '/items/new']) {
      expect((await stranger.get(`${tripmate.url}${path}${suffix}`)).status).toBe(404)
    }
    for (const suffix of ['', '/delete', '/calendar', '/items']) {
      expect((await stranger.post(`${tripmate.url}${path}${suffix}`, { _csrf, name: 'Mine' })).status).toBe(404)
    }
    expect(textOf(await browser.get(tripmate.url + path))).toContain('Lisbon, a long weekend')
  })
})

describe('adding a trip to the calendar', () => {
  it('adds every activity once, in the local time of the place', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    const page = await addAll(path)
    expect(textOf(page)).toContain('8 events added to your calendar.')
    expect(textOf(page)).toContain('Everything is in your calendar')
    expect([...tripmate.calendar.events.values()].find(event => event.summary.startsWith('Tram 28'))).toMatchObject({
      start: { dateTime: '2027-04-02T09:00:00+01:00', timeZone: 'Europe/Lisbon' },
    })
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const again = await browser.follow(await browser.post(`${tripmate.url}${path}/calendar`, { _csrf }), tripmate.url)
    expect(textOf(again)).toContain('Everything is already in your calendar.')
    expect(summaries()).toHaveLength(8)
  })

  it('creates eight events from eight activities, however often the button is pressed at once', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    const open = await browser.get(tripmate.url + path)
    await Promise.all(Array.from({ length: 5 }, () => browser.submit(open, {}, '_csrf')))
    await browser.submit(open, {}, '_csrf')
    expect(summaries()).toHaveLength(8)
  })

  it('adds a single activity', async () => {
    await connect(tripmate, browser)
    const page = await submit(tripmate, browser, await planLisbon(), {}, 'item')
    expect(textOf(page)).toContain('1 event added to your calendar.')
    expect(summaries()).toEqual(['Check in, then a first walk'])
  })

  it('continues where it was interrupted', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    tripmate.calendar.instead = (request, response) => {
      if (request.method !== 'POST' || tripmate.calendar.events.size < 3) return false
      response.status(503).json({})
      return true
    }
    expect(textOf(await addAll(path))).toContain('Your calendar has a problem')
    expect(summaries()).toHaveLength(3)
    tripmate.calendar.instead = undefined
    expect(textOf(await addAll(path))).toContain('5 events added')
    expect(new Set(summaries()).size).toBe(8)
  })

  it('creates no second event when only the response was lost', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    let lost = false
    tripmate.calendar.instead = (request, response) => {
      if (request.method !== 'POST' || lost) return false
      lost = true
      tripmate.calendar.add(request.body)
      response.destroy()
      return true
    }
    await addAll(path)
    await addAll(path)
    expect(summaries()).toHaveLength(8)
    expect(new Set(summaries()).size).toBe(8)
  })

  it('moves the events with the trip when the user asks for it', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    await addAll(path)
    const moved = await submit(tripmate, browser, path, { startsOn: '2027-04-08' }, 'startsOn')
    expect(textOf(moved)).toContain('Its calendar events still have the old dates; update them below.')
    expect(textOf(moved)).toContain('Update 8 events')
    expect(textOf(await addAll(path))).toContain('8 events updated')
    const days = [...tripmate.calendar.events.values()].map(event => event.start.dateTime.slice(0, 10)).sort()
    expect([days[0], days.at(-1)]).toEqual(['2027-04-08', '2027-04-11'])
  })

  it('notices that an event was deleted in the calendar, and can add it again', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    await addAll(path)
    const [[id] = []] = tripmate.calendar.events
    tripmate.calendar.events.delete(id ?? '')
    expect(textOf(await browser.get(tripmate.url + path))).toContain('Add the other one')
    await addAll(path)
    expect(summaries()).toHaveLength(8)
  })

  it('creates each deleted event once more when the button is pressed twice', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    await addAll(path)
    const open = await submit(tripmate, browser, path, { startsOn: '2027-04-08' }, 'startsOn')
    tripmate.calendar.events.clear()
    await Promise.all([1, 2, 3].map(() => browser.submit(open, {}, '_csrf')))
    expect(new Set(summaries()).size).toBe(summaries().length)
  })

  it.each([
    ['keeps the events when the trip is deleted', {}, 8],
    ['deletes the events with the trip when asked to', { events: 'delete' }, 0],
  ])('%s', async (_what, fields, left) => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    await addAll(path)
    const page = await submit(tripmate, browser, `${path}/delete`, fields, '_csrf')
    expect(textOf(page)).toContain('“Lisbon, a long weekend” was deleted.')
    expect(summaries()).toHaveLength(left)
    expect((await browser.get(tripmate.url + path)).status).toBe(404)
  })

  it('returns to the trip after reconnecting', async () => {
    await connect(tripmate, browser)
    const path = await planLisbon()
    const open = await browser.get(tripmate.url + path)
    tripmate.accounts.refreshTokens.clear()
    tripmate.accounts.accessTokens.clear()
    const refused = await browser.follow(await browser.submit(open, {}, '_csrf'), tripmate.url)
    expect(textOf(refused)).toContain('Your calendar connection has ended')
    const { answer } = await connect(tripmate, browser)
    expect(answer.location.pathname).toBe(path)
  })

  it('shows other events on the same days', async () => {
    await connect(tripmate, browser)
    tripmate.calendar.add({
      summary: 'Dentist',
      start: { dateTime: '2027-04-02T08:00:00Z', timeZone: 'Europe/Lisbon' },
      end: { dateTime: '2027-04-02T09:00:00Z', timeZone: 'Europe/Lisbon' },
    })
    const path = await planLisbon()
    expect(textOf(await browser.get(tripmate.url + path))).toContain('Dentist')
    await addAll(path)
    const feed = await browser.get(
      `${tripmate.url}/calendar-feed?start=2027-04-01&end=2027-04-08&trip=${path.split('/')[2]}`,
    )
    expect(JSON.parse(feed.body)).toHaveLength(9)
  })
})
