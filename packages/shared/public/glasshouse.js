// Every page works without this file. It keeps a second click from sending a form twice.
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
