// Every page works without this file. It keeps a second click from sending a form twice, and copies what is there to be
// copied.
const SENT_FOR_MS = 8000 // after that the person may try again

function release() {
  for (const button of document.querySelectorAll('[data-sent]')) {
    button.disabled = false
    delete button.dataset.sent
  }
}

document.addEventListener('submit', event => {
  const form = event.target
  if (event.defaultPrevented || form.method === 'dialog') return
  // Once this event is over the browser has read the fields and the clicked button: disabling loses neither.
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

// Back to this page, out of the browser's memory: its forms can be sent again.
window.addEventListener('pageshow', release)

// A button below each block of lines that are there to be copied, beside what stands there already, and a word when it
// is done.
for (const block of navigator.clipboard ? document.querySelectorAll('[data-copy]') : []) {
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
    outcome.textContent = '' // or a second time would not be announced
    try {
      await navigator.clipboard.writeText(block.textContent)
      outcome.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(block)
      outcome.textContent = 'It is marked: copy it with the keyboard'
    }
  })
}
