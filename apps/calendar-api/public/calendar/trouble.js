// The line that says what went wrong, with one button. It is an alert, so a screen reader reads it aloud when it changes.

import { Unreachable } from './api.js'

const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 30_000

const line = document.getElementById('trouble')
const [text, button] = line.children
let pause = FIRST_PAUSE_MS
let timer

/** @param act what the button does */
export function tell(what, label, act) {
  clearTimeout(timer)
  line.hidden = false
  if (text.textContent !== what) text.textContent = what
  button.textContent = label
  button.onclick = act
}

/** For what the user wanted and did not get. */
export function tellFailed({ message }) {
  tell(message, 'Close', hideTrouble)
}

/** For what cannot be read. While that may pass, the page tries again by itself, ever more seldom; the button does it at once. */
export function tellUnread(error, retry) {
  tell(error.message, 'Try again', retry)
  if (!(error instanceof Unreachable || error.status === 429 || error.status >= 500)) return
  timer = setTimeout(retry, pause)
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
}

export function hideTrouble() {
  clearTimeout(timer)
  pause = FIRST_PAUSE_MS
  line.hidden = true
}
