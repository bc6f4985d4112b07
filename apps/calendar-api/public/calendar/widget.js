// The calendar widget (FullCalendar): draws events, and hands on what the user does with them.

import { appOf } from './apps.js'
import { addDays, browserZone, localIn } from './times.js'

const narrow = matchMedia('(max-width: 48rem)')
/** All weeks of a month fit into a window of usual size. */
const MONTH_HEIGHT_PX = 680
const CLOCK = { hour: '2-digit', minute: '2-digit', hour12: false }

export const VIEWS = { month: 'dayGridMonth', week: 'timeGridWeek', day: 'timeGridDay', agenda: 'listMonth' }

/** The name of one of the widget's own views. */
export const nameOf = ({ type }) => Object.keys(VIEWS).find(name => VIEWS[name] === type)

/** On a phone a month has room for numbers, but not for what happens. */
export const FIRST_VIEW = narrow.matches ? 'agenda' : 'month'

/**
 * @param place the element for it
 * @param on load(start, end): each `{ event, calendar }`; shown(view); open({ event, calendar }); create(start, end, wholeDay);
 *   move({ event, calendar }, { wholeDay, start, end }, undo)
 * @returns the widget, and `refresh`, which loads the events and draws them anew
 */
export function createWidget(place, { view, date, on }) {
  let widget
  const hand = handIn(place)
  const takeDragged = () => hand.take('dragged')
  const letGoDragged = () => hand.letGo('dragged')
  widget = new FullCalendar.Calendar(place, {
    initialView: VIEWS[view],
    initialDate: date,
    headerToolbar: false,
    height: heightOf(view),
    firstDay: 1,
    nowIndicator: true,
    editable: true,
    selectable: true,
    unselectAuto: true,
    eventInteractive: true,
    forceEventDuration: true,
    longPressDelay: 400,
    dayMaxEvents: narrow.matches ? 2 : true,
    slotDuration: '01:00',
    snapDuration: '00:15',
    eventTimeFormat: CLOCK,
    slotHeaderFormat: CLOCK,
    noEventsContent: '',
    eventTimeClass: 'drawn-time',
    views: {
      dayGridMonth: { dayCellClass: today },
      listMonth: { displayEventEnd: !narrow.matches, listDayAltFormat: { weekday: narrow.matches ? 'short' : 'long' } },
      timeGridWeek: {
        titleFormat: { day: 'numeric', month: 'short', year: 'numeric' },
        dayHeaderClass: today,
        dayHeaderContent: narrow.matches ? ({ date }) => shortDay(date) : undefined,
      },
    },
    events: ({ start, end }, done, failed) =>
      hand
        .loadWhenEmpty(() => on.load(start, end))
        .then(found => keepFocus(place, () => done(found.map(draw))), failed),
    eventDidMount({ event, el }) {
      el.dataset.event = event.id
      decorate(el, event.extendedProps)
    },
    datesSet: ({ view }) => {
      place.dataset.view = nameOf(view)
      if (widget?.getOption('height') !== heightOf(nameOf(view))) widget?.setOption('height', heightOf(nameOf(view)))
      on.shown(view)
    },
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault()
      on.open(event.extendedProps)
    },
    select: ({ startStr, endStr, start, end, allDay, view }) => {
      widget.unselect()
      const days = { start: startStr.slice(0, 10), end: endStr.slice(0, 10) }
      // A click on a day of the month is about that day, not about all of it.
      if (allDay && view.type === VIEWS.month && addDays(days.start, 1) === days.end) return on.create(days.start)
      if (allDay) return on.create(days.start, days.end, true)
      return on.create(localIn(browserZone, start), localIn(browserZone, end), false)
    },
    eventDragStart: takeDragged,
    eventDragStop: letGoDragged,
    eventResizeStart: takeDragged,
    eventResizeStop: letGoDragged,
    eventDrop: ({ event, revert }) => on.move(event.extendedProps, spanOf(event), revert),
    eventResize: ({ event, revert }) => on.move(event.extendedProps, spanOf(event), revert),
  })
  widget.render()
  nameHeadersOf(place)
  return { widget, refresh: () => widget.refetchEvents() }
}

const heightOf = view => (view === 'month' && !narrow.matches ? MONTH_HEIGHT_PX : 'auto')

function draw({ event, calendar }) {
  return {
    id: `${calendar.id} ${event.id}`,
    title: event.summary || 'No title',
    start: event.start.date ?? event.start.dateTime,
    end: event.end.date ?? event.end.dateTime,
    allDay: event.start.date !== undefined,
    className: event.start.date ? 'drawn' : 'drawn timed',
    extendedProps: { event, calendar, app: appOf(event) },
  }
}

/**
 * The user's hand: it holds what is pressed or dragged. Drawing anew would take an event out of it, and a click that began on the
 * event before would be lost.
 */
function handIn(place) {
  const held = new Set()
  let empty = Promise.resolve()
  let emptied
  const take = what => {
    if (held.size === 0)
      empty = new Promise(resolve => {
        emptied = resolve
      })
    held.add(what)
  }
  const letGo = what => held.delete(what) && held.size === 0 && emptied()
  place.addEventListener('pointerdown', ({ button, pointerId }) => button === 0 && take(pointerId))
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, ({ pointerId }) => letGo(pointerId))
  return {
    take,
    letGo,
    /** Loads when the hand is empty, and again if it was not when the answer came. */
    async loadWhenEmpty(load) {
      for (;;) {
        await empty
        const loaded = await load()
        if (held.size === 0) return loaded
      }
    },
  }
}

/**
 * Events are drawn anew when something has changed. The one that had the focus has it again at once: a key that the user presses
 * meanwhile would be lost.
 */
function keepFocus(place, redraw) {
  const had = place.contains(document.activeElement) ? document.activeElement.dataset.event : undefined
  if (had === undefined) return redraw()
  const giveBack = new MutationObserver(() => {
    if (document.activeElement === document.body) place.querySelector(`[data-event="${CSS.escape(had)}"]`)?.focus()
  })
  giveBack.observe(place, { childList: true, subtree: true })
  redraw()
  // The widget draws again when it has measured itself, at the end of the frame.
  requestAnimationFrame(() => setTimeout(() => giveBack.disconnect()))
}

const today = ({ isToday }) => (isToday ? 'today' : '')

/** The colour and the name of the app that put the event there. */
function decorate(element, { app, event, calendar }) {
  if (calendar.color) element.style.setProperty('--calendar', calendar.color)
  // The agenda calls itself a list, but its rows are buttons, not items.
  element.closest('[role=list], [role=group]')?.setAttribute('role', 'group')
  element.dataset.party = app?.party ?? 'resource-server'
  if (app) element.title = `Added by ${app.name}`
  if (event.location && !element.title.includes(event.location))
    element.title += `${element.title ? '\n' : ''}${event.location}`
}

function spanOf({ allDay, start, end, startStr, endStr }) {
  if (!allDay) return { wholeDay: false, start, end }
  const first = startStr.slice(0, 10)
  return { wholeDay: true, start: first, end: endStr ? endStr.slice(0, 10) : addDays(first, 1) }
}

// For example `M 8`.
function shortDay(date) {
  return `${new Intl.DateTimeFormat('en', { weekday: 'narrow' }).format(date)} ${date.getDate()}`
}
