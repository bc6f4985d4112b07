// A message at the lower edge, with a way to undo what it reports. It stays until the user closes it or does something else:
// nobody has to be quick.

const toast = document.getElementById('toast')
const [text, undoButton, closeButton] = toast.children
let undoing

undoButton.addEventListener('click', () => {
  const undo = undoing
  hideToast()
  undo?.()
})
closeButton.addEventListener('click', hideToast)

/** @param undo without it, the message only reports */
export function showToast(message, undo) {
  undoing = undo
  toast.hidden = false
  undoButton.hidden = !undo
  text.textContent = message
}

export function hideToast() {
  toast.hidden = true
  text.textContent = ''
  undoing = undefined
}
