import { TestBrowser } from '@glasshouse/shared/testing/test-browser'
import type { Response } from 'express'
import { createHttpClient } from '../../src/http-client'
import { addDinner, connect, DINNER, startTripmate, submit, type Tripmate, textOf } from '../support'

let tripmate: Tripmate
afterEach(() => tripmate.stop())

async function start(scope?: string): Promise<TestBrowser> {
  tripmate = await startTripmate()
  return (await connect(tripmate, undefined, scope)).browser
}

const summaries = () => [...tripmate.calendar.events.values()].map(event => event.summary)

describe('adding an event (step 6)', () => {
  it('sends the access token in the Authorization header and nowhere else (RFC 6750 §2.1)', async () => {
    const browser = await start()
    await addDinner(tripmate, browser)
    const [token] = tripmate.accounts.accessTokens.keys()
    for (const { authorization, url } of tripmate.calendar.requests) {
      expect(authorization).toBe(`Bearer ${token}`)
      expect(url).not.toContain(token)
    }
  })

  it('sends local time with its offset and zone', async () => {
    const browser = await start()
    await addDinner(tripmate, browser, { timeZone: 'Asia/Tokyo' })
    expect([...tripmate.calendar.events.values()][0]).toMatchObject({
      summary: 'Dinner with the Hatter',
      start: { dateTime: '2027-03-12T19:00:00+09:00', timeZone: 'Asia/Tokyo' },
      end: { dateTime: '2027-03-12T21:00:00+09:00', timeZone: 'Asia/Tokyo' },
    })
  })

  it('shows the event on the start page, with its name escaped', async () => {
    const browser = await start()
    const page = await addDinner(tripmate, browser, { summary: '<img src=x onerror=alert(1)> & "friends"' })
    expect(page.body).not.toContain('<img src=x')
    expect(page.body).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &#34;friends&#34;')
  })

  it('creates one event when the form is sent twice at once', async () => {
    const browser = await start()
    const open = await browser.get(tripmate.url)
    const answers = await Promise.all([1, 2].map(() => browser.submit(open, DINNER, 'summary')))
    expect(answers.map(answer => answer.status)).toEqual([303, 303])
    expect(summaries()).toEqual(['Dinner with the Hatter'])
  })

  it.each([
    ['no name', { summary: '' }, 'Give the event a name'],
    ['no start', { start: '' }, 'Enter the date and time when the event starts'],
    ['a start that is not a time', { start: 'tomorrow' }, 'Enter the date and time when the event starts'],
    ['an end before the start', { end: '2027-03-12T18:00' }, 'The end must be after the start'],
    ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, 'Choose a time zone'],
    ['a name that is too long', { summary: 'x'.repeat(201) }, 'Use at most 200 characters'],
  ])('refuses %s with an error beside the field, and keeps the rest', async (_what, fields, message) => {
    const browser = await start()
    const page = await addDinner(tripmate, browser, { location: 'The garden', ...fields })
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain(message)
    expect(page.body).toContain('value="The garden"')
    expect(summaries()).toEqual([])
  })

  it('shows the calendar’s own validation error beside the field', async () => {
    const browser = await start()
    tripmate.calendar.instead = (request, response) => {
      if (request.method !== 'POST') return false
      const errors = [{ pointer: '#/summary', detail: 'is not allowed here' }]
      response
        .status(400)
        .type('application/problem+json')
        .send(JSON.stringify({ detail: 'No.', errors }))
      return true
    }
    const page = await addDinner(tripmate, browser)
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('is not allowed here')
  })
})

describe('changing and deleting', () => {
  const event = {
    id: 'tea1',
    summary: 'Tea party',
    start: { dateTime: '2027-03-11T15:00:00Z', timeZone: 'Europe/Lisbon' },
    end: { dateTime: '2027-03-11T17:00:00Z', timeZone: 'Europe/Lisbon' },
  }

  it('moves an event only if it is still the version that the user saw (RFC 9110 §13.1.1)', async () => {
    const browser = await start()
    const { etag } = tripmate.calendar.add(event)
    const page = await submit(
      tripmate,
      browser,
      '/events/tea1',
      { start: '2027-03-11T16:00', end: '2027-03-11T18:00' },
      'summary',
    )
    expect(textOf(page)).toContain('Your changes to “Tea party” were saved.')
    expect(tripmate.calendar.requests.find(request => request.method === 'PATCH')?.ifMatch).toBe(etag)
    expect(tripmate.calendar.events.get('tea1')?.start.dateTime).toBe('2027-03-11T16:00:00+00:00')
  })

  it('does not overwrite an event that has changed meanwhile, and lets the user decide', async () => {
    const browser = await start()
    tripmate.calendar.add(event)
    const open = await browser.get(`${tripmate.url}/events/tea1`)
    tripmate.calendar.add({ ...event, summary: 'Coffee party' })
    const refused = await browser.submit(open, { summary: 'My party' }, 'summary')
    expect(refused.status).toBe(409)
    expect(textOf(refused)).toContain('This event has changed since you opened it')
    expect(refused.body).toContain('value="My party"')
    expect(summaries()).toEqual(['Coffee party'])
    await browser.submit(refused, {}, 'summary')
    expect(summaries()).toEqual(['My party'])
  })

  it('deletes an event, and reports success when it is already gone', async () => {
    const browser = await start()
    tripmate.calendar.add(event)
    const open = await browser.get(`${tripmate.url}/events/tea1`)
    const remove = async () => browser.post(`${tripmate.url}/events/tea1/delete`, { _csrf: antiForgeryOf(open.body) })
    expect((await remove()).status).toBe(303)
    expect(summaries()).toEqual([])
    expect((await remove()).status).toBe(303)
  })

  it('keeps an all-day event an all-day event', async () => {
    const browser = await start()
    tripmate.calendar.add({ id: 'off1', summary: 'Off', start: { date: '2027-03-15' }, end: { date: '2027-03-17' } })
    const open = await browser.get(`${tripmate.url}/events/off1`)
    expect(open.body).toContain('value="2027-03-16"')
    await browser.submit(open, { end: '2027-03-18' }, 'summary')
    expect(tripmate.calendar.events.get('off1')).toMatchObject({
      start: { date: '2027-03-15' },
      end: { date: '2027-03-19' },
    })
  })

  it.each(['/events/nothing', '/events/..%2f..%2ftoken'])('has a page for %s', async path => {
    const browser = await start()
    const page = await browser.get(tripmate.url + path)
    expect(page.status).toBe(404)
    expect(textOf(page)).toContain('This event is not in your calendar')
  })
})

describe('a connection with only part of the scope granted (RFC 6749 §3.3)', () => {
  it('can read but not write: the buttons are disabled, say why, and offer to ask again', async () => {
    const browser = await start('calendar.read')
    const page = await browser.get(tripmate.url)
    expect(textOf(page)).toContain('Tripmate may see your calendar but not change it')
    expect(page.body).toMatch(/<button[^>]*disabled aria-describedby="cannot-write">Add to calendar/)
    expect(page.body).toMatch(/<fieldset class="stack" disabled>\s*<div class="field">\s*<label for="summary">/)
    expect(page.body).not.toContain('href="#add"')
    expect(page.body).toContain('href="/connect?ask=write"')
  })

  it('answers a form that is sent anyway with a page that keeps what was typed', async () => {
    const browser = await start('calendar.read')
    const page = await addDinner(tripmate, browser)
    expect(page.status).toBe(403)
    expect(textOf(page)).toContain('Tripmate does not have this access')
    expect(page.body).toContain('value="Dinner with the Hatter"')
  })

  it('can write but not read: shows no events, and adds them', async () => {
    const browser = await start('calendar.write')
    expect(textOf(await browser.get(tripmate.url))).toContain('Tripmate may add to your calendar but not see it')
    await addDinner(tripmate, browser)
    expect(summaries()).toEqual(['Dinner with the Hatter'])
  })
})

describe('a calendar in trouble', () => {
  it.each([
    ['answers 500', (response: Response) => void response.status(500).send('oops'), 'has a problem'],
    ['answers nonsense', (response: Response) => void response.send('<html>'), 'has a problem'],
    ['breaks off', (response: Response) => void response.destroy(), 'cannot be reached'],
    ['never answers', () => {}, 'takes too long to answer'],
  ])('%s: the page says so, and the form keeps what was typed', async (_what, answer, message) => {
    const browser = await start()
    const open = await browser.get(tripmate.url)
    if (message.includes('too long')) tripmate.context.http = createHttpClient(100)
    tripmate.calendar.instead = (_request, response) => {
      answer(response)
      return true
    }
    const home = await browser.get(tripmate.url)
    expect(home.status).toBe(200)
    expect(textOf(home)).toContain(message)
    // This request would have changed nothing, so the page does not mention a change.
    expect(textOf(home)).not.toContain('your change')
    const page = await browser.submit(open, DINNER, 'summary')
    expect(page.status).toBe(503)
    expect(textOf(page)).toContain(message)
    if (message.includes('too long')) expect(textOf(page)).toContain('it will not be made twice')
    expect(page.body).toContain('value="Dinner with the Hatter"')
  })

  it('follows no redirect when it sends a token', async () => {
    const browser = await start()
    tripmate.calendar.instead = (_request, response) => {
      response.redirect(`${tripmate.accounts.url}/elsewhere`)
      return true
    }
    const elsewhere: string[] = []
    tripmate.accounts.instead = (request, response) => {
      elsewhere.push(request.url)
      response.json({})
    }
    expect(textOf(await browser.get(tripmate.url))).toContain('has a problem')
    expect(elsewhere).toEqual([])
  })
})

describe('the widget’s feed', () => {
  it('has the events in the user’s own time', async () => {
    const browser = await start()
    tripmate.calendar.add({
      summary: 'Tea',
      start: { dateTime: '2027-03-11T15:00:00Z', timeZone: 'Asia/Tokyo' },
      end: { dateTime: '2027-03-11T16:00:00Z', timeZone: 'Asia/Tokyo' },
    })
    const page = await browser.get(`${tripmate.url}/calendar-feed?start=2027-03-01&end=2027-04-01`)
    expect(JSON.parse(page.body)).toMatchObject([
      { title: 'Tea', start: '2027-03-12T00:00', end: '2027-03-12T01:00', allDay: false },
    ])
  })

  it('gives other browsers nothing, and refuses invalid dates', async () => {
    const browser = await start()
    const stranger = new TestBrowser()
    expect((await stranger.get(`${tripmate.url}/calendar-feed?start=2027-03-01&end=2027-04-01`)).status).toBe(403)
    for (const query of ['', '?start=x&end=y', '?start=2027-13-01&end=2027-14-01', '?start[]=1&end=2027-04-01']) {
      expect((await browser.get(`${tripmate.url}/calendar-feed${query}`)).status).toBe(400)
    }
  })
})

it('uses the time zone that the browser names, and ignores an invalid one', async () => {
  const browser = await start()
  const page = await browser.get(`${tripmate.url}/trips`)
  const say = (timeZone: string) =>
    browser.post(`${tripmate.url}/time-zone`, { timeZone, _csrf: antiForgeryOf(page.body) })
  expect((await say('America/New_York')).status).toBe(204)
  expect((await say('<script>')).status).toBe(204)
  expect(textOf(await browser.get(tripmate.url))).toContain('Times are shown in America/New York')
})

function antiForgeryOf(body: string): string {
  return /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? ''
}
