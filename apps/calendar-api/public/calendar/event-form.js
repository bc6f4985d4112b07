// The dialog of an event. It knows nothing of the API: it is given a draft, and hands one back.

import { calendars } from './calendars.js'
import { choicesFor } from './repeat.js'
import { addDays, browserZone, distance, move } from './times.js'

const dialog = document.getElementById('event-dialog')
const form = dialog.querySelector('form')
const fields = form.elements
const [title, from, error] = ['event-dialog-title', 'event-from', 'event-error'].map(id => document.getElementById(id))
const saveButton = form.querySelector('[data-save]')
const deleteButton = form.querySelector('[data-delete]')

let given
let before

/** @param draft, heading, from: what the dialog shows. @param save, remove: called on the buttons; the dialog closes if they resolve to true */
export function openForm({ heading, draft, from: origin, save, remove, failed }) {
  given = { draft, save, remove, failed }
  title.textContent = heading
  from.hidden = !origin
  from.textContent = origin ?? ''
  error.hidden = true
  deleteButton.hidden = !remove
  const lastDay = draft.wholeDay ? addDays(draft.end, -1) : draft.end.slice(0, 10)
  set({
    summary: draft.summary ?? '',
    location: draft.location ?? '',
    description: draft.description ?? '',
    startDate: draft.start.slice(0, 10),
    endDate: lastDay,
    startTime: draft.start.slice(11) || '09:00',
    endTime: draft.end.slice(11) || '10:00',
  })
  fields.wholeDay.checked = draft.wholeDay
  fillCalendars(draft)
  fillZones(draft.zone)
  fillRepeat(draft.repeat)
  set({
    until: draft.repeat.until,
    untilDate: draft.repeat.untilDate ?? addDays(lastDay, 30),
    count: draft.repeat.count ?? 10,
  })
  before = start()
  showWhatApplies()
  dialog.showModal()
  fields.summary.focus()
}

export function isFormOpen() {
  return dialog.open
}

function set(values) {
  for (const [name, value] of Object.entries(values)) fields[name].value = value
}

const start = () =>
  fields.wholeDay.checked ? fields.startDate.value : `${fields.startDate.value}T${fields.startTime.value}`
const end = () => (fields.wholeDay.checked ? fields.endDate.value : `${fields.endDate.value}T${fields.endTime.value}`)

function read() {
  const wholeDay = fields.wholeDay.checked
  return {
    summary: fields.summary.value.trim(),
    location: fields.location.value.trim(),
    description: fields.description.value.trim(),
    wholeDay,
    start: start(),
    end: wholeDay ? addDays(end(), 1) : end(), // the API's end is the day after the last
    zone: fields.timeZone.value,
    calendar: fields.calendar.value,
    repeat: {
      rule: fields.repeat.value,
      until: fields.until.value,
      untilDate: fields.untilDate.value,
      count: Number(fields.count.value),
      others: given.draft.repeat.others ?? [],
    },
  }
}

/** A single event of a series stays in the calendar of its series. */
function fillCalendars({ calendar, recurringEventId }) {
  fields.calendar.replaceChildren(...calendars().map(({ id, name }) => new Option(name, id)))
  fields.calendar.value = calendar
  fields.calendar.disabled = recurringEventId !== undefined
  fields.calendar.parentElement.hidden = calendars().length < 2
}

function fillZones(zone) {
  const known = Intl.supportedValuesOf('timeZone')
  const zones = [...new Set([zone, browserZone, ...known])]
  fields.timeZone.replaceChildren(...zones.map(name => new Option(name.replaceAll('_', ' '), name)))
  fields.timeZone.value = zone
}

function fillRepeat({ rule }) {
  const choices = choicesFor(fields.startDate.value)
  if (!choices.some(([value]) => value === rule)) choices.push([rule, 'As it is (a rule of another app)'])
  fields.repeat.replaceChildren(...choices.map(([value, label]) => new Option(label, value)))
  fields.repeat.value = rule
}

function showWhatApplies() {
  for (const part of form.querySelectorAll('[data-timed]')) part.hidden = fields.wholeDay.checked
  const repeats = !['', 'other'].includes(fields.repeat.value)
  form.querySelector('[data-repeats]').hidden = !repeats
  for (const part of form.querySelectorAll('[data-until]')) {
    part.hidden = !repeats || part.dataset.until !== fields.until.value
  }
}

/** When the start changes, the end moves with it, and the choices of the repetition name the new day. */
form.addEventListener('change', ({ target }) => {
  if (['startDate', 'startTime'].includes(target.name) && fields.startDate.value && fields.startTime.value) {
    const moved = distance(before, start())
    if (moved && fields.endDate.value && fields.endTime.value) {
      const [date, time] = move(end(), moved).split('T')
      set({ endDate: date, ...(time && { endTime: time }) })
    }
    const rules = choicesFor(fields.startDate.value).map(([rule]) => rule)
    // The same choice for the new day; a rule of another app stays as it is.
    fillRepeat({ rule: rules[fields.repeat.selectedIndex] ?? fields.repeat.value })
  }
  if (fields.startDate.value && fields.startTime.value) before = start()
  showWhatApplies()
})

function whatIsWrong() {
  if (!fields.startDate.value || !fields.endDate.value)
    return [fields.startDate, 'Enter the day on which it starts and the day on which it ends.']
  if (!fields.wholeDay.checked && !(fields.startTime.value && fields.endTime.value)) {
    return [fields.startTime, 'Enter when it starts and when it ends.']
  }
  const length = distance(start(), end())
  if (fields.wholeDay.checked ? length < 0 : length <= 0) return [fields.endDate, 'The end must be after the start.']
  return undefined
}

function showError(text) {
  error.hidden = false
  error.textContent = text
  error.scrollIntoView({ block: 'nearest' })
}

/** @param focusAfter instead of what had the focus before the dialog opened */
async function run(action, focusAfter) {
  error.hidden = true
  for (const button of [saveButton, deleteButton]) button.disabled = true
  try {
    if (await action()) dialog.close()
    if (!dialog.open) focusAfter?.focus()
  } catch (thrown) {
    showError(thrown.message)
    given.failed(thrown)
  } finally {
    for (const button of [saveButton, deleteButton]) button.disabled = false
  }
}

form.addEventListener('submit', event => {
  event.preventDefault()
  const wrong = whatIsWrong()
  if (!wrong) return run(() => given.save(read()))
  wrong[0].focus()
  showError(wrong[1])
})
deleteButton.addEventListener('click', () => run(() => given.remove(), document.getElementById('period')))
form.querySelector('[data-close]').addEventListener('click', () => dialog.close())
