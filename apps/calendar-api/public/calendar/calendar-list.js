// The list of calendars: each can be shown or hidden, and there is a dialog for a new one. With one calendar there is no list.

import { addCalendar, calendars, readCalendars, setShown } from './calendars.js'
import { browserZone } from './times.js'

const list = document.getElementById('calendars')
const dialog = document.getElementById('calendar-dialog')
const name = document.getElementById('calendar-name')
const error = document.getElementById('calendar-error')

/** @param refresh draws the events of what is shown now. @param fail tells the user what went wrong */
export function connectCalendarList({ refresh, fail }) {
  document.getElementById('new-calendar').addEventListener('click', () => {
    error.hidden = true
    name.value = ''
    dialog.showModal()
  })
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close())
  dialog.querySelector('form').addEventListener('submit', async event => {
    event.preventDefault()
    try {
      await addCalendar(name.value.trim(), browserZone)
      await showCalendars()
      dialog.close()
    } catch (thrown) {
      error.hidden = false
      error.textContent = thrown.message
    }
  })
  list.addEventListener('change', async ({ target }) => {
    try {
      await setShown({ id: target.value }, target.checked)
      await showCalendars()
      refresh()
    } catch (thrown) {
      target.checked = !target.checked
      fail(thrown)
    }
  })
}

/** Reads the list again and draws it. What has the focus keeps it. */
export async function showCalendars() {
  await readCalendars()
  const all = calendars()
  const focused = list.contains(document.activeElement) ? document.activeElement.value : undefined
  list.hidden = all.length < 2
  list.replaceChildren(...all.map(itemOf))
  if (focused) list.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus()
}

function itemOf({ id, name, color, isShown }) {
  const item = document.createElement('li')
  const label = document.createElement('label')
  label.className = 'check'
  if (color) label.style.setProperty('--calendar', color)
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', value: id, checked: isShown })
  label.append(box, name)
  item.append(label)
  return item
}
