// What every page with the calendar widget (FullCalendar) needs for screen readers.

// The widget hides the text of its headers from screen readers and leaves some empty. This makes the text readable to them.
function nameHeaders(place) {
  for (const text of place.querySelectorAll('[role=columnheader] [aria-hidden]')) text.removeAttribute('aria-hidden')
  for (const header of place.querySelectorAll('[role=rowheader]:empty')) {
    const text = document.createElement('span')
    text.className = 'visually-hidden'
    text.textContent = header.ariaLabel
    header.append(text)
  }
}

// Keeps the headers readable while the widget redraws them. @param place the widget's element
globalThis.nameHeadersOf = place => {
  new MutationObserver(() => nameHeaders(place)).observe(place, { childList: true, subtree: true })
  nameHeaders(place)
}
