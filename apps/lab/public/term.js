// The definitions appear without this file. It closes one on Escape, and moves one that would stick out of the window.
const MARGIN = 12

function place(term) {
  const note = term.querySelector('.term-note')
  note.style.setProperty('--term-shift', '0px')
  const { left, right } = note.getBoundingClientRect()
  if (right === 0 || getComputedStyle(note).position === 'fixed') return
  const width = document.documentElement.clientWidth
  const shift = Math.min(0, width - MARGIN - right)
  note.style.setProperty('--term-shift', `${Math.max(shift, MARGIN - left)}px`)
}

for (const term of document.querySelectorAll('.term')) {
  const open = () => {
    delete term.dataset.closed
    place(term)
  }
  term.addEventListener('mouseenter', open)
  term.addEventListener('focusin', open)
}

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const term of document.querySelectorAll('.term:is(:hover, :focus-within)')) term.dataset.closed = ''
})
