// Optional improvements: every page works without this script.

const buttons = 'prev,next today'
const views = 'dayGridMonth,timeGridWeek'

// The calendar widget draws the same events as the lists beside it.
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
    // The feed's times are already in the page's time zone, without an offset. "UTC" keeps the widget from converting them.
    timeZone: 'UTC',
    now: () => clockIn(timeZone),
    initialView: from ? 'timeGridWeek' : 'dayGridMonth',
    ...(from ? { initialDate: from } : {}),
    headerToolbar: narrow ? { center: 'title' } : { start: buttons, center: 'title', end: views },
    footerToolbar: narrow ? { start: buttons, end: views } : false,
    height: 'auto',
    firstDay: 1,
    dayMaxEvents: narrow ? 1 : 3,
    // One row for each hour, so that the whole day fits on the page.
    slotDuration: '01:00',
    // On a narrow screen there is no room for the weekday's full name.
    views: { timeGridWeek: { dayHeaderContent: narrow ? header => shortDay(header.date) : undefined } },
    eventTimeFormat: { hour: '2-digit', minute: '2-digit', hour12: false },
    slotHeaderFormat: { hour: '2-digit', minute: '2-digit', hour12: false },
    events: (range, done, failed) =>
      events(range).then(done, () => {
        warning.hidden = false
        warning.textContent = 'Cannot reach Tripmate. Reload this page in a moment.'
        failed(new Error('no answer'))
      }),
  }).render()
  nameHeadersOf(place)
}

// The local time in this zone, such as `2027-03-10T09:20:00`.
function clockIn(timeZone) {
  return new Date().toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
}

// For example `M 8`.
function shortDay(date) {
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'narrow', timeZone: 'UTC' }).format(date)
  return `${weekday} ${date.getUTCDate()}`
}

// When the start changes, the end moves with it, so that the event stays as long as it was.
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

// Tells the server the browser's time zone, until it has been stored once: in time for the first page with times on it.
const zone = document.getElementById('say-time-zone')
if (zone) {
  zone.elements.timeZone.value = Intl.DateTimeFormat().resolvedOptions().timeZone
  fetch(zone.action, { method: 'POST', body: new URLSearchParams(new FormData(zone)) })
}
