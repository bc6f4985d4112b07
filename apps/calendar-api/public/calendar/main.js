// Glasshouse Calendar: an OAuth client that runs in the browser. It goes to the authorization server and back (sign-in.js),
// keeps its tokens in memory (tokens.js), shows the calendar (widget.js, toolbar.js), lets the user change it (editing.js),
// and listens for what other apps change (stream.js). docs/decisions/owners-page.md says why it is built like this.

import { listEvents } from './api.js'
import { showApps } from './apps.js'
import { clientId } from './authorization-server.js'
import { connectCalendarList, showCalendars } from './calendar-list.js'
import { calendars, PRIMARY } from './calendars.js'
import { editing } from './editing.js'
import { isFormOpen } from './event-form.js'
import { connectFeed } from './feed.js'
import { goToSignIn, isSignedOut, readResponse, rememberSignedOut } from './sign-in.js'
import { listen } from './stream.js'
import { browserZone } from './times.js'
import { redeem, revoke, SignedOut } from './tokens.js'
import { connectToolbar, readAddress, showPeriod } from './toolbar.js'
import { hideTrouble, tell, tellFailed, tellUnread } from './trouble.js'
import { createWidget } from './widget.js'

const byId = id => document.getElementById(id)
const UNREACHABLE =
  'Cannot reach Glasshouse Accounts, so you cannot be signed in now. Check your connection, then try again.'

/** Two silent sign-ins so close to each other mean that the API does not accept what they bring. */
const TOO_SOON_MS = 15_000
const openedAt = Date.now()

async function start() {
  // RFC 9457: the `type` of a problem leads to its explanation, and clients compare it, so its address stays.
  if (location.hash === '#authorization-server-unavailable') return location.replace(`/docs${location.hash}`)
  if (!clientId)
    return welcome(
      'This page is not registered as an app at Glasshouse Accounts, so you cannot sign in here. You can still use the calendar through an app.',
    )
  const response = readResponse()
  try {
    if (response?.code) {
      byId('opening').hidden = false
      await redeem(response.code, response.verifier)
      return open()
    }
    if (response) return welcome(response.error === 'login_required' ? SIGN_IN : response.text)
    if (isSignedOut()) return welcome('You are signed out of this page.', { stillSignedIn: true })
    byId('opening').hidden = false
    await goToSignIn({ quietly: true })
  } catch (error) {
    welcome(error instanceof SignedOut ? 'The sign-in has expired. Sign in again.' : UNREACHABLE)
  }
}

const SIGN_IN = 'Sign in to see everything in your calendar, and which app put it there.'

/** The page without a calendar. */
function welcome(text, { stillSignedIn = false } = {}) {
  for (const id of ['opening', 'desk']) byId(id).hidden = true
  byId('welcome').hidden = false
  byId('sign-in').hidden = !clientId
  byId('welcome-text').textContent = text
  byId('welcome-accounts').hidden = !stillSignedIn
}

byId('sign-in').addEventListener('click', () => goToSignIn({ quietly: false }).catch(() => welcome(UNREACHABLE)))

// A page that the browser kept may be shown again after its tokens were revoked.
addEventListener('pageshow', event => event.persisted && location.reload())
addEventListener('pagehide', () => void revoke().catch(() => {}))

function open() {
  byId('opening').hidden = true
  byId('welcome').hidden = true
  byId('desk').hidden = false
  byId('zone').textContent = `Times in ${browserZone.replaceAll('_', ' ')}`

  const refresh = () => drawing.refresh()
  const reload = () => showCalendars().then(refresh, error => showTrouble(error, reload))
  const { create, open, moveTo } = editing({ refresh, fail: showTrouble })
  const on = { load, shown: showPeriod, open, create, move: moveTo }
  const drawing = createWidget(byId('widget'), { ...readAddress(), on })
  const { widget } = drawing
  connectToolbar(widget)
  byId('new-event').addEventListener('click', () => create(dayToStartOn(widget)))
  byId('sign-out').addEventListener('click', signOut)
  connectCalendarList({ refresh, fail: showTrouble })
  connectFeed()
  // One stream tells of all calendars.
  listen(PRIMARY, { onChange: reload, onState: showState, onSignedOut: lostSession })

  async function load(from, to) {
    try {
      const shown = calendars().filter(({ isShown }) => isShown)
      const lists = await Promise.all(shown.map(calendar => listEvents(calendar, from, to)))
      const found = lists.flatMap((events, index) => events.map(event => ({ event, calendar: shown[index] })))
      const events = found.map(({ event }) => event)
      hideTrouble()
      showApps(byId('apps'), events)
      byId('nothing').hidden = events.length > 0
      byId('nothing').textContent =
        events.length > 0 ? '' : 'Nothing here yet. Choose New event, or select a time in the calendar.'
      return found
    } catch (error) {
      showTrouble(error, refresh)
      throw error
    }
  }
}

/** Today if it is shown, otherwise the first day that is. */
function dayToStartOn({ view }) {
  const now = new Date()
  const day = now >= view.currentStart && now < view.currentEnd ? now : view.currentStart
  return day.toLocaleDateString('sv-SE')
}

/** @param retry reads again; without it, the user knows what to do */
function showTrouble(error, retry) {
  if (error instanceof SignedOut) lostSession()
  else if (retry) tellUnread(error, retry)
  else tellFailed(error)
}

/** The tokens ended. The authorization server may still know the user; if not, it says so. What is typed is not lost. */
function lostSession() {
  const signInAgain = () => goToSignIn({ quietly: true }).catch(() => showTrouble(new Error(UNREACHABLE), signInAgain))
  if (!isFormOpen() && Date.now() - openedAt > TOO_SOON_MS) return signInAgain()
  tell('You are signed out. Sign in again to see and change your calendar.', 'Sign in again', signInAgain)
}

function showState(state) {
  byId('live').dataset.state = state
  byId('live').textContent = state === 'live' ? 'Live' : 'Reconnecting…'
}

async function signOut() {
  rememberSignedOut()
  await revoke().catch(() => {}) // they are forgotten here, and expire there
  location.replace('/')
}

start()
