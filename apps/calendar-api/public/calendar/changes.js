// What saving and deleting means: for an event, for one event of a series, for it and those that follow, or for all of them.
// Each deletion returns how to undo it: with the ids that the events had, so that a link to one finds it again.

import {
  changeEvent,
  countBefore,
  createEvent,
  deleteEvent,
  listChangedSingles,
  readEvent,
  replaceEvent,
} from './api.js'
import { endBefore, readRepeat, rebase, writeRepeat } from './repeat.js'
import { basicFormat, distance, localOf, move } from './times.js'

/**
 * @param event as the API sent it; undefined for a new one
 * @param draft what the form has. Without `repeat`, the repetition stays as it is
 * @param scope `this`, `following` or `all`
 */
export async function save(calendar, event, draft, scope) {
  if (!event) return createEvent(calendar, withoutEmpty({ ...contentOf(draft), recurrence: linesOf(draft) }))
  if (!event.recurringEventId || scope === 'this') {
    const lines = event.recurringEventId || !draft.repeat ? {} : { recurrence: linesOf(draft) }
    return changeEvent(calendar, event, { ...contentOf(draft), ...lines })
  }
  const series = await readEvent(calendar, event.recurringEventId)
  if (scope === 'all' || isFirst(series, event))
    return changeEvent(calendar, series, changesOfSeries(series, event, draft))
  return startOver(calendar, series, event, draft)
}

/** @returns a function that undoes it */
export async function remove(calendar, event, scope) {
  if (!event.recurringEventId) {
    await deleteEvent(calendar, event)
    return () => createEvent(calendar, event)
  }
  if (scope === 'this') {
    await deleteEvent(calendar, event)
    return () => putBack(calendar, event)
  }
  const series = await readEvent(calendar, event.recurringEventId)
  const singles = await listChangedSingles(calendar, series)
  if (scope === 'all' || isFirst(series, event)) {
    await deleteEvent(calendar, series)
    return async () => {
      await createEvent(calendar, series)
      for (const single of singles) await putBack(calendar, single)
    }
  }
  const cut = await cutOff(calendar, series, event)
  const later = singles.filter(single => momentAt(single.originalStartTime) >= momentAt(event.originalStartTime))
  return async () => {
    await changeEvent(calendar, cut, { recurrence: series.recurrence })
    for (const single of later) await putBack(calendar, single)
  }
}

/** Makes a single event of a series what it was. */
function putBack(calendar, single) {
  return single.status === 'cancelled' ? deleteEvent(calendar, { id: single.id }) : replaceEvent(calendar, single)
}

/** This and following: a new series begins here, and the old one ends before. */
async function startOver(calendar, series, event, draft) {
  const repeat = draft.repeat ?? repeatOf(series, draft)
  const old = repeatOf(series, draft)
  // The number of times counts the events that stay in the old series.
  const isSameCount = repeat.until === 'count' && repeat.count === old.count
  const before = isSameCount ? await countBefore(calendar, series.id, momentAt(event.originalStartTime)) : 0
  const rest = isSameCount ? { ...repeat, count: repeat.count - before } : repeat
  const moved = draft.repeat ? rest : rebase(rest, dayOf(event.start), draft.start.slice(0, 10))
  const created = await createEvent(
    calendar,
    withoutEmpty({ ...series, id: undefined, ...contentOf(draft), recurrence: writeRepeat(moved, draft) }),
  )
  try {
    await cutOff(calendar, series, event)
  } catch (error) {
    await deleteEvent(calendar, created)
    throw error
  }
  return created
}

function cutOff(calendar, series, event) {
  const recurrence = endBefore(series.recurrence, basicFormat(event.originalStartTime))
  return changeEvent(calendar, series, { recurrence })
}

/** All events move as far as this one was moved. */
function changesOfSeries(series, event, draft) {
  const [first, shown] = [localOf(series.start, draft.zone), localOf(event.start, draft.zone)]
  const sameKind = first.length === draft.start.length && shown.length === draft.start.length
  const start = sameKind
    ? move(first, distance(shown, draft.start))
    : draft.wholeDay
      ? first.slice(0, 10)
      : `${first.slice(0, 10)}${draft.start.slice(10)}`
  const end = move(start, distance(draft.start, draft.end))
  const content = contentOf({ ...draft, start, end })
  const [from, to] = [first.slice(0, 10), start.slice(0, 10)]
  // A recurrence that is sent as it was keeps the events that were changed on their own.
  if (!draft.repeat && from === to) return content
  return { ...content, recurrence: writeRepeat(draft.repeat ?? rebase(repeatOf(series, draft), from, to), draft) }
}

const repeatOf = (series, { zone }) => readRepeat(series.recurrence, dayOf(series.start), zone)
const dayOf = time => localOf(time).slice(0, 10)
const momentAt = time => new Date(time.dateTime ?? time.date).toISOString()
const isFirst = (series, event) => basicFormat(series.start) === basicFormat(event.originalStartTime)
const linesOf = ({ repeat, ...draft }) => (repeat ? writeRepeat(repeat, draft) : [])

/** As a merge patch (RFC 7396): `null` removes what an event with a time has and one of whole days has not. */
function contentOf({ summary, location, description, wholeDay, start, end, zone }) {
  const time = local =>
    wholeDay ? { date: local, dateTime: null, timeZone: null } : { dateTime: `${local}:00`, timeZone: zone, date: null }
  return {
    summary: summary || null,
    location: location || null,
    description: description || null,
    start: time(start),
    end: time(end),
  }
}

function withoutEmpty({ recurrence, ...event }) {
  return recurrence.length > 0 ? { ...event, recurrence } : event
}
