// Every page works without this file. It prevents a second click from sending a form twice, adds copy buttons, and
// remembers whether the see-through strip is open.
const SENT_FOR_MS = 8000 // after that, the user may try again

function release() {
  for (const button of document.querySelectorAll('[data-sent]')) {
    button.disabled = false
    delete button.dataset.sent
  }
}

document.addEventListener('submit', event => {
  const form = event.target
  if (event.defaultPrevented || form.method === 'dialog') return
  // After this event, the browser has read the fields and the clicked button, so disabling loses neither.
  setTimeout(() => {
    for (const button of form.elements) {
      if (button.type === 'submit' && !button.disabled) {
        button.disabled = true
        button.dataset.sent = ''
      }
    }
    setTimeout(release, SENT_FOR_MS)
  })
})

// When the browser restores this page from its cache, its forms can be sent again.
window.addEventListener('pageshow', release)

// Adds a copy button and a status text below each block to copy, next to an element that is already there. A page's own
// script calls it again for a part that arrives later.
function addCopyButtons(within) {
  for (const block of navigator.clipboard ? within.querySelectorAll('[data-copy]') : []) addCopyButton(block)
}
addCopyButtons(document)

function addCopyButton(block) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button button-small'
  button.textContent = 'Copy'
  button.setAttribute('aria-label', `Copy: ${block.dataset.copy}`)
  const outcome = document.createElement('span')
  outcome.className = 'hint'
  outcome.setAttribute('role', 'status')
  const row = document.createElement('div')
  row.className = 'cluster'
  const beside = block.nextElementSibling?.matches('[data-beside-copy]') ? [block.nextElementSibling] : []
  row.append(button, ...beside, outcome)
  block.after(row)
  button.addEventListener('click', async () => {
    outcome.textContent = '' // otherwise a second copy would not be announced
    try {
      await navigator.clipboard.writeText(block.textContent)
      outcome.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(block)
      outcome.textContent = 'Selected. Press Ctrl+C or ⌘C.'
    }
  })
}

// The server reads this cookie when it renders the next page. All ports of a host share it.
const strip = document.querySelector('.strip > details')
strip?.addEventListener('toggle', () => {
  const age = strip.open ? 31_536_000 : 0
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API does not exist over plain http
  document.cookie = `glasshouse.strip=open; Path=/; Max-Age=${age}; SameSite=Lax`
})

// Escape closes the strip. In a field it belongs to the field.
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.defaultPrevented || !strip?.open) return
  if (document.querySelector('dialog[open]') || event.target.matches('input, select, textarea')) return
  if (strip.contains(document.activeElement)) strip.querySelector('summary').focus()
  strip.open = false
})
