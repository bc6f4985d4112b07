/** A user's list of calendars, and how it shows each, at Google's addresses. */
import { googleOf, withSecondCalendar } from '../google'
import { draft, startCalendarApi, type TestCalendarApi } from '../support'

let api: TestCalendarApi
beforeAll(async () => {
  api = await startCalendarApi()
})
afterAll(() => api.stop())

describe('the list of calendars', () => {
  test('shows a calendar with the colour and the title that its user chose', async () => {
    const { me, id } = await withSecondCalendar(api)
    const body = { colorId: '9', summaryOverride: 'Plot', selected: false, backgroundColor: '#000000' }
    const { json } = await me('PATCH', `/users/me/calendarList/${id}`, { body })
    const shown = {
      colorId: '9',
      backgroundColor: '#7bd148',
      summary: 'Allotment',
      summaryOverride: 'Plot',
      selected: false,
    }
    expect(json).toMatchObject(shown)
    const rgb = { backgroundColor: '#0088aa', foregroundColor: '#ffffff' }
    await me('PATCH', `/users/me/calendarList/${id}?colorRgbFormat=true`, { body: rgb })
    const { json: hidden } = await me('PATCH', `/users/me/calendarList/${id}`, { body: { hidden: true } })
    expect(hidden).toMatchObject({ ...shown, ...rgb, hidden: true })
    const ids = async (query = '') =>
      (await me('GET', `/users/me/calendarList${query}`)).json.items.map((entry: { id: string }) => entry.id)
    expect(await ids()).not.toContain(id)
    expect(await ids('?showHidden=true')).toContain(id)
    const { json: recolored } = await me('PATCH', `/users/me/calendarList/${id}`, { body: { colorId: '1' } })
    expect(recolored).toMatchObject({ backgroundColor: '#ac725e', foregroundColor: '#1d1d1d', hidden: true })
    const { json: replaced } = await me('PUT', `/users/me/calendarList/${id}`, { body: {} })
    expect(replaced).toMatchObject({ colorId: '16', hidden: false, selected: true })
    expect(replaced).not.toHaveProperty('summaryOverride')
  })

  test('can do without a calendar, until it is added again', async () => {
    const { me, id } = await withSecondCalendar(api)
    await me('POST', `/calendars/${id}/events`, { body: draft() })
    expect((await me('DELETE', `/users/me/calendarList/${id}`)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) {
      expect((await me(method, `/users/me/calendarList/${id}`)).status).toBe(404)
    }
    expect((await me('PATCH', `/users/me/calendarList/${id}`, { body: {} })).status).toBe(404)
    expect((await me('GET', '/users/me/calendarList?showHidden=true')).json.items).toHaveLength(1)
    expect((await me('GET', `/calendars/${id}/events`)).json.items).toHaveLength(1)
    const { json } = await me('POST', '/users/me/calendarList', { body: { id, colorId: '2' } })
    expect(json).toMatchObject({ id, colorId: '2', summary: 'Allotment' })
    expect((await me('GET', `/users/me/calendarList/${id}`)).json).toEqual(json)
  })

  test('always has the primary calendar', async () => {
    const { status, json } = await googleOf(api)('DELETE', '/users/me/calendarList/primary')
    expect([status, json.error.message]).toEqual([
      403,
      'The primary calendar cannot be removed from the list. Hide it instead.',
    ])
  })

  test.each([
    [{ colorId: '25' }, 'colorId must be one of the ids that /calendar/v3/colors lists.'],
    [{ colorId: 'constructor' }, 'colorId must be one of the ids that /calendar/v3/colors lists.'],
    [{ hidden: 'yes' }, 'hidden must be true or false.'],
    [{ backgroundColor: 'red' }, 'backgroundColor must be a colour such as #0088aa.'],
  ])('cannot show a calendar with %j', async (body, message) => {
    const me = googleOf(api)
    const { status, json } = await me('PATCH', '/users/me/calendarList/primary?colorRgbFormat=true', { body })
    expect([status, json.error.message]).toEqual([400, message])
  })

  test('needs no body to be told what is wrong with one', async () => {
    const { status, json } = await googleOf(api)('POST', '/users/me/calendarList', { body: { id: 7 } })
    expect([status, json.error.message]).toEqual([400, 'id must be the id of one of your calendars.'])
  })
})
