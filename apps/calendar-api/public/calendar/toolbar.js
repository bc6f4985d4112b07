// The row of buttons above the widget. What is shown is in the address, so that Back, Forward and a reload work.

import { FIRST_VIEW, nameOf, VIEWS } from './widget.js'

/** What the address asks for. */
export function readAddress() {
  const query = new URLSearchParams(location.search)
  const view = query.get('view')
  const date = query.get('date') ?? ''
  return {
    view: Object.hasOwn(VIEWS, view ?? '') ? view : FIRST_VIEW,
    date: /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(Date.parse(date)) ? date : undefined,
  }
}

export function connectToolbar(widget) {
  const show = change => {
    const before = location.search
    change()
    const query = `?${new URLSearchParams({ view: nameOf(widget.view), date: dateOf(widget.getDate()) })}`
    if (query !== before) history.pushState(null, '', query)
  }
  for (const button of document.querySelectorAll('[data-move]')) {
    button.addEventListener('click', () => show(() => widget[button.dataset.move]()))
  }
  for (const button of document.querySelectorAll('button[data-view]')) {
    button.addEventListener('click', () => show(() => widget.changeView(VIEWS[button.dataset.view])))
  }
  addEventListener('popstate', () => {
    const { view, date } = readAddress()
    widget.changeView(VIEWS[view], date ?? new Date())
  })
}

/** @param view the widget's own */
export function showPeriod(view) {
  document.getElementById('period').textContent = view.title
  for (const button of document.querySelectorAll('button[data-view]')) {
    button.setAttribute('aria-pressed', String(VIEWS[button.dataset.view] === view.type))
  }
}

const dateOf = date => date.toLocaleDateString('sv-SE')
