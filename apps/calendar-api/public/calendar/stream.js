// Listens for changes with server-sent events. `EventSource` cannot send an access token in a header, so this reads the stream
// with fetch. After a break it says which event it saw last (`Last-Event-ID`), and the server tells whether it missed any.

import { request } from './api.js'
import { SignedOut } from './tokens.js'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Calls `onChange` whenever the calendar has changed, until the user is signed out. While the page is hidden it does not listen: a
 * browser has few connections to one server, and each tab would take one.
 * @param onState `live` or `broken`
 */
export async function listen(calendar, { onChange, onState, onSignedOut }) {
  let lastId
  for (let pause = FIRST_PAUSE_MS; ; ) {
    await visible()
    const stop = new AbortController()
    const whenHidden = () => document.hidden && stop.abort()
    document.addEventListener('visibilitychange', whenHidden)
    try {
      const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId }
      const response = await request(calendar, '/stream', { headers, signal: stop.signal })
      onState('live')
      pause = FIRST_PAUSE_MS
      for await (const event of eventsIn(response)) {
        lastId = event.id
        onChange()
      }
    } catch (error) {
      if (error instanceof SignedOut) return onSignedOut()
    } finally {
      document.removeEventListener('visibilitychange', whenHidden)
    }
    if (document.hidden) continue
    onState('broken')
    await waitOrOnline(pause)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}

/** The events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). Comments are left out. */
async function* eventsIn(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const blocks = (text + value).split('\n\n')
    text = blocks.pop()
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map(line => line.split(/: ?(.*)/s, 2)))
      if (fields.event === 'change') yield fields
    }
  }
}

function visible() {
  return document.hidden
    ? new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }))
    : undefined
}

function waitOrOnline(ms) {
  return new Promise(resolve => {
    setTimeout(resolve, ms)
    addEventListener('online', resolve, { once: true })
  })
}
