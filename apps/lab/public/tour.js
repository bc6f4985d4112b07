// A stop that waits for a message looks for it, so that nobody has to reload the page. Without this file there is a link.
const LOOK_EVERY_MS = 1500
const waiting = document.querySelector('[data-waits-for]')

async function look() {
  if (document.visibilityState !== 'visible') return
  try {
    const answer = await fetch(waiting.dataset.waitsFor, { headers: { Accept: 'application/json' } })
    const { seen } = await answer.json()
    if (!seen) return
  } catch {
    return // the Lab is being restarted: look again later
  }
  location.hash = 'evidence'
  location.reload()
}

if (waiting) {
  waiting.querySelector('[data-waiting-by-hand]').hidden = true
  setInterval(look, LOOK_EVERY_MS)
  document.addEventListener('visibilitychange', look)
} else if (location.hash === '#evidence') {
  // A reload does not move the focus, and a screen reader would start again at the top.
  document.getElementById('evidence')?.focus()
}
