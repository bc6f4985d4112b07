// Every page works without this file. It keeps a second click from sending a form twice.
document.addEventListener('submit', event => {
  const form = event.target
  if (event.defaultPrevented || form.method === 'dialog') return
  // After this event the browser has read the fields and the clicked button, and disabling no longer loses them.
  setTimeout(() => {
    for (const button of form.elements) {
      if (button.type === 'submit' && !button.disabled) {
        button.disabled = true
        button.dataset.sent = ''
      }
    }
  })
})

// Back to this page, out of the browser's memory: its forms can be sent again.
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('[data-sent]')) {
    button.disabled = false
    delete button.dataset.sent
  }
})
