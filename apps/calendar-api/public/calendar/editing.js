// What happens when the user opens, moves, saves or deletes an event.

import { readEvent } from './api.js'
import { appOf } from './apps.js'
import { calendarNamed, calendars, moveEvent, PRIMARY } from './calendars.js'
import { remove, save } from './changes.js'
import { openForm } from './event-form.js'
import { readRepeat } from './repeat.js'
import { askScope } from './scope-question.js'
import { addDays, browserZone, firstSlot, localIn, localOf, move } from './times.js'
import { hideToast, showToast } from './toast.js'
import { SignedOut } from './tokens.js'

const HOUR_MS = 3_600_000

/** @param refresh shows what the calendar has now. @param fail tells the user what went wrong */
export function editing({ refresh, fail }) {
  // The dialog says itself what went wrong; the page helps if the user has to sign in.
  const failed = error => error instanceof SignedOut && fail(error)
  const nameOf = event => `“${event.summary || 'No title'}”`

  /** @param start a date, or a local time. Without `end` it takes an hour */
  function create(start = localIn(browserZone, Date.now()).slice(0, 10), end = undefined, wholeDay = false) {
    const from = wholeDay || start.includes('T') ? start : firstSlot(start)
    const draft = {
      calendar: (calendars().find(({ isShown }) => isShown) ?? PRIMARY).id,
      wholeDay,
      start: from,
      end: end ?? move(from, HOUR_MS),
      zone: browserZone,
      repeat: { rule: '', until: 'never' },
    }
    openForm({
      failed,
      heading: 'New event',
      draft,
      async save(edited) {
        await save(calendarNamed(edited.calendar), undefined, edited)
        refresh()
        showToast(`Saved ${nameOf(edited)}.`)
        return true
      },
    })
  }

  async function open({ event, calendar }) {
    hideToast()
    try {
      const series = event.recurringEventId ? await readEvent(calendar, event.recurringEventId) : event
      show(event, series, calendar)
    } catch (error) {
      fail(error)
    }
  }

  function show(event, series, calendar) {
    const draft = { ...draftOf(event, series), calendar: calendar.id }
    let [current, place] = [event, calendar]
    openForm({
      failed,
      heading: event.summary || 'No title',
      draft,
      from: originOf(event, draft),
      async save(edited) {
        const changedRepeat =
          JSON.stringify(edited.repeat) !== JSON.stringify({ ...draftRepeat(draft), others: edited.repeat.others })
        const without = changedRepeat ? ['this'] : []
        const scope = event.recurringEventId ? await askScope('What do you want to change?', { without }) : 'this'
        if (!scope) return false
        try {
          const target = calendarNamed(edited.calendar)
          if (target.id !== place.id) [current, place] = [await moveEvent(current, place, target), target]
          await save(
            place,
            current,
            event.recurringEventId && !changedRepeat ? { ...edited, repeat: undefined } : edited,
            scope,
          )
        } catch (error) {
          if (error.status !== 412) throw error
          current = await readEvent(place, event.id)
          refresh()
          throw new Error(
            'An app has changed this event since you opened it. Save again to replace that change, or close this.',
          )
        }
        refresh()
        showToast(`Saved ${nameOf(edited)}.`)
        return true
      },
      async remove() {
        const scope = event.recurringEventId ? await askScope('What do you want to delete?') : 'this'
        if (!scope) return false
        const undo = await remove(place, current, scope)
        refresh()
        showToast(`Deleted ${nameOf(event)}.`, () =>
          undo()
            .then(() => showToast(`${nameOf(event)} is back.`), fail)
            .finally(refresh),
        )
        return true
      },
    })
  }

  /** @param span where the user has dragged it, or how long it is now */
  async function moveTo({ event, calendar }, span, undo) {
    hideToast()
    try {
      const scope = event.recurringEventId ? await askScope('What do you want to move?') : 'this'
      if (!scope) return undo()
      const zone = event.start.timeZone ?? browserZone
      const at = moment => (span.wholeDay ? moment : localIn(zone, moment))
      const draft = {
        ...event,
        wholeDay: span.wholeDay,
        start: at(span.start),
        end: at(span.end),
        zone,
        repeat: undefined,
      }
      await save(calendar, event, draft, scope)
      showToast(`Moved ${nameOf(event)}.`)
    } catch (error) {
      undo()
      fail(error.status === 412 ? new Error('An app has changed this event meanwhile. Here it is now.') : error)
    }
    refresh()
  }

  return { create, open, moveTo }
}

function draftOf(event, series) {
  const zone = event.start.timeZone ?? browserZone
  const wholeDay = event.start.date !== undefined
  const repeat = readRepeat(series.recurrence, localOf(series.start).slice(0, 10), zone)
  const end = wholeDay ? event.end.date : localIn(zone, event.end.dateTime)
  return { ...event, wholeDay, start: localOf(event.start, zone), end, zone, repeat }
}

/** The repetition as the form gives it back if the user does not touch it. */
function draftRepeat({ repeat, end, wholeDay }) {
  const lastDay = wholeDay ? addDays(end, -1) : end.slice(0, 10)
  const { rule, until, untilDate = addDays(lastDay, 30), count = 10 } = repeat
  return { rule, until, untilDate, count }
}

function originOf(event, { zone }) {
  const app = appOf(event)
  const added = app ? `Added by ${app.name}.` : ''
  const elsewhere =
    event.start.dateTime && zone !== browserZone ? ` Its times are those of ${zone.replaceAll('_', ' ')}.` : ''
  return `${added}${elsewhere}`.trim()
}
