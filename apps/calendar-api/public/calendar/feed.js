// The dialog for a calendar's feed: a secret address at which any calendar program can read it, without signing in.

import { Refused, requestAt } from './api.js'
import { appOf } from './apps.js'
import { calendars } from './calendars.js'

const byId = id => document.getElementById(id)
const dialog = byId('feed-dialog')
const [chosen, text, error, made, address] = ['calendar', 'text', 'error', 'made', 'address'].map(name =>
  byId(`feed-${name}`),
)
const [make, end] = [byId('feed-make'), byId('feed-end')]

const NONE =
  'Other calendar programs can show this calendar: make a secret address and subscribe to it there. Whoever has the address can read the calendar without signing in, and cannot change anything.'

export function connectFeed() {
  byId('feed').addEventListener('click', () => {
    chosen.replaceChildren(...calendars().map(({ id, name }) => new Option(name, id)))
    chosen.parentElement.hidden = calendars().length < 2
    dialog.showModal()
    act(show)
  })
  chosen.addEventListener('change', () => act(show))
  make.addEventListener('click', () => act(async () => showMade(await (await send('POST')).json())))
  end.addEventListener('click', () =>
    act(async () => {
      await send('DELETE')
      await show()
      text.focus()
    }),
  )
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close())
  // The address is shown once: the page must not keep it either.
  dialog.addEventListener('close', () => {
    address.textContent = ''
  })
}

function send(method) {
  return requestAt(`/calendar/feed?${new URLSearchParams({ calendarId: chosen.value })}`, { method })
}

async function act(what) {
  error.hidden = true
  try {
    await what()
  } catch (thrown) {
    error.hidden = false
    error.textContent = thrown.message
  }
}

/** Whether the calendar has a feed. */
async function show() {
  made.hidden = true
  address.textContent = ''
  try {
    const { created, clientId } = await (await send('GET')).json()
    const day = new Date(created).toLocaleDateString(undefined, { dateStyle: 'long' })
    const { name } = appOf({ creator: { clientId } })
    describe(`${name} made an address on ${day}. It was shown once and cannot be shown again. A new one replaces it.`)
    buttons('Replace the address', true)
  } catch (thrown) {
    if (!(thrown instanceof Refused && thrown.status === 404)) throw thrown
    describe(NONE)
    buttons('Make an address', false)
  }
}

function showMade({ url }) {
  describe('Copy the address now: it is not shown again. An earlier address of this calendar no longer works.')
  made.hidden = false
  address.textContent = url
  buttons('Replace the address', true)
  address.focus()
  getSelection().selectAllChildren(address)
}

function describe(words) {
  text.textContent = words
}

function buttons(label, canEnd) {
  make.textContent = label
  end.hidden = !canEnd
}
