// Adds copy buttons to a panel that arrives later, closes the menu, and puts every message on paper. Without this script
// the menu works, and the exported page is there to be printed.
const menu = document.querySelector('.take-run')
const chosen = document.getElementById('panel')
const run = document.querySelector('.watch')?.dataset.run

if (chosen) {
  new MutationObserver(() => globalThis.addCopyButtons(chosen)).observe(chosen, { childList: true })
}

if (menu) {
  document.addEventListener('click', event => {
    if (!menu.contains(event.target)) menu.open = false
  })
  menu.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !menu.open) return
    event.stopPropagation()
    menu.open = false
    menu.querySelector('summary').focus()
  })
}

if (run) {
  window.addEventListener('beforeprint', printWholeRun)
  window.addEventListener('afterprint', () => document.querySelector('.printed-run')?.remove())
}

/** The page to print is taken right after this event, so nothing may be waited for. */
function printWholeRun() {
  const request = new XMLHttpRequest()
  request.open('GET', `/runs/${run}/whole`, false)
  request.send()
  if (request.status !== 200) return
  const printed = document.createElement('div')
  printed.className = 'printed-run whole-run'
  printed.innerHTML = request.responseText
  document.querySelector('.printed-run')?.remove()
  document.getElementById('main').append(printed)
}
