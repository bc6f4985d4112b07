// What a script can add. Every page works without this file.

const buttons = 'prev,next today'
const views = 'dayGridMonth,timeGridWeek'

// The calendar widget draws what the lists beside it say.
for (const widget of document.querySelectorAll('.calendar-widget')) {
  if (!window.FullCalendar) continue
  const [place, warning] = widget.children
  const { feed, from, timeZone } = widget.dataset
  const narrow = window.matchMedia('(max-width: 40rem)').matches
  widget.hidden = false

  async function events({ startStr, endStr }) {
    const address = new URL(feed, location.href)
    address.searchParams.set('start', startStr.slice(0, 10))
    address.searchParams.set('end', endStr.slice(0, 10))
    const response = await fetch(address, { headers: { Accept: 'application/json' } })
    const answer = await response.json()
    warning.hidden = response.ok
    if (response.ok) return answer
    warning.textContent = `${answer.title}. ${answer.detail ?? ''}`
    return answer.events ?? []
  }

  new window.FullCalendar.Calendar(place, {
    // Times come as the page's clock shows them, without a zone: nothing is left to convert. "Today" is by that clock, too.
    timeZone: 'UTC',
    now: () => clockIn(timeZone),
    initialView: from ? 'timeGridWeek' : 'dayGridMonth',
    ...(from ? { initialDate: from } : {}),
    headerToolbar: narrow ? { center: 'title' } : { start: buttons, center: 'title', end: views },
    footerToolbar: narrow ? { start: buttons, end: views } : false,
    height: 'auto',
    firstDay: 1,
    dayMaxEvents: narrow ? 1 : 3,
    // The whole day, so that no event is out of sight; an hour a row, so that it fits.
    slotDuration: '01:00',
    // A narrow week has no room for the weekday's name beside the day.
    views: { timeGridWeek: { dayHeaderContent: narrow ? header => shortDay(header.date) : undefined } },
    eventTimeFormat: { hour: '2-digit', minute: '2-digit', hour12: false },
    slotHeaderFormat: { hour: '2-digit', minute: '2-digit', hour12: false },
    events: (range, done, failed) =>
      events(range).then(done, () => {
        warning.hidden = false
        warning.textContent = 'Tripmate does not answer just now.'
        failed(new Error('no answer'))
      }),
  }).render()
  new MutationObserver(() => nameHeaders(place)).observe(place, { childList: true, subtree: true })
  nameHeaders(place)
}

// The widget labels its headers and hides their text from screen readers, and leaves one without any: the text will do.
function nameHeaders(place) {
  for (const text of place.querySelectorAll('[role=columnheader] [aria-hidden]')) text.removeAttribute('aria-hidden')
  for (const header of place.querySelectorAll('[role=rowheader]:empty')) {
    const text = document.createElement('span')
    text.className = 'visually-hidden'
    text.textContent = header.ariaLabel
    header.append(text)
  }
}

// What the clock shows there now: `2027-03-10T09:20:00`.
function clockIn(timeZone) {
  return new Date().toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
}

// `M 8`
function shortDay(date) {
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'narrow', timeZone: 'UTC' }).format(date)
  return `${weekday} ${date.getUTCDate()}`
}

// An end that stood a while after the start keeps that distance when the start is moved.
for (const form of document.forms) {
  const { start, end } = form.elements
  if (!start || !end || start.type !== 'datetime-local') continue
  let before = start.valueAsNumber
  start.addEventListener('change', () => {
    const length = end.valueAsNumber - before
    if (Number.isFinite(length) && Number.isFinite(start.valueAsNumber))
      end.valueAsNumber = start.valueAsNumber + length
    before = start.valueAsNumber
  })
}

// The server learns which clock this reader has, once, before it shows any times.
const zone = document.getElementById('say-time-zone')
if (zone) {
  zone.elements.timeZone.value = Intl.DateTimeFormat().resolvedOptions().timeZone
  fetch(zone.action, { method: 'POST', body: new URLSearchParams(new FormData(zone)) })
}
