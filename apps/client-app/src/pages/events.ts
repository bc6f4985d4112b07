/** Adds, changes and deletes events in the calendar. */
import { type Request, type Response, Router } from 'express'
import 'express-session'
import { listRows } from '../calendar/agenda'
import { changeEvent, createEvent, deleteEvent, getEvent } from '../calendar/calendar-client'
import { CalendarTrouble, unlessGone } from '../calendar/calendar-trouble'
import { type CalendarEvent, readEntityTag } from '../calendar/event'
import {
  changedFields,
  type Filled,
  mergeFields,
  readEventChange,
  readFilled,
  writeFilled,
} from '../calendar/event-change'
import { type EventFields, emptyFields, type FieldErrors, fieldsOf, readEventForm } from '../calendar/event-form'
import type { Context } from '../context'
import { stateOf } from '../oauth/connection'
import { say, takeDraft, takeNotice, userOf } from '../session'
import * as trips from '../store/trips'
import { timeZoneFor, timeZoneOptions } from '../time-zone'
import { newEventId } from '../trips/add-to-calendar'
import { logBadFields } from './form'
import { describeTrouble, logTrouble, type Trouble, troublePage } from './trouble'

interface Form {
  heading: string
  action: string
  button: string
  /** The event's id. For a new event, we choose it. */
  id: string
  fields: EventFields
  /** For an existing event: its version, and the values that filled the form. */
  etag?: string
  was?: Filled
  /** After a conflict: the event's current fields, as far as they differ from what the user entered. */
  now?: Partial<EventFields>
  errors?: FieldErrors
  trouble?: Trouble
}

/** The form of event ids, the calendar's and ours: without characters that have a meaning in a path. */
const EVENT_ID = /^[\w-]{1,1024}$/

export function eventPages(context: Context): Router {
  const router = Router()

  router.get('/new', async (request, response) => {
    const timeZone = timeZoneFor(request)
    const draft = takeDraft(request, '/events/new')
    const fields = { ...emptyFields(context.clock(), timeZone), ...draft }
    await show(request, response, newForm(draft?.id || newEventId(), fields))
  })

  router.post('/', async (request, response) => {
    const id = idOf(request.body?.id) ?? newEventId()
    const { fields, content, errors } = readEventForm(request.body, timeZoneFor(request))
    if (!content) return showErrors(request, response, { ...newForm(id, fields), errors })
    try {
      await createEvent(context, userOf(request), id, content)
    } catch (error) {
      // We chose the id, so an existing event means that the first of two clicks has created it.
      if (!(error instanceof CalendarTrouble && error.kind === 'exists')) {
        keepDraft(request, error, '/events/new', `the event “${content.summary}”`, { id, ...fields })
        return refuse(request, response, error, newForm(id, fields))
      }
    }
    say(request, 'success', `“${content.summary}” is in your calendar.`)
    response.redirect(303, '/')
  })

  router.get('/:id', async (request, response) => {
    const id = pathId(request.params.id)
    const event = await getEvent(context, userOf(request), id).catch(troublePage)
    const draft = takeDraft(request, `/events/${id}`)
    await show(request, response, editForm(id, event, timeZoneFor(request, [event]), draft))
  })

  router.post('/:id', async (request, response) => {
    const id = pathId(request.params.id)
    const userId = userOf(request)
    const etag = readEntityTag(request.body?.etag)
    const timeZone = timeZoneFor(request)
    // Our own form contains the values that filled it. Any other request is compared with the current event.
    const was = readFilled(request.body?.was) ?? {
      event: await getEvent(context, userId, id).catch(troublePage),
      timeZone,
    }
    const { fields, changed, patch, errors } = readEventChange(request.body, was)
    const form: Form = { ...editForm(id, { ...was.event, id, etag: etag ?? '' }, was.timeZone), fields }
    if (!patch) return showErrors(request, response, { ...form, errors })
    const name = nameOf(fields.summary)
    if (changed.length === 0) {
      say(request, 'info', `You made no changes to ${name}.`)
      return response.redirect(303, '/')
    }
    try {
      await changeEvent(context, userId, id, patch, etag)
    } catch (error) {
      const draft = Object.fromEntries(changed.map(field => [field, fields[field]]))
      keepDraft(request, error, `/events/${id}`, `your change to ${name}`, draft)
      return refuse(request, response, error, await afterConflict(userId, error, form, was))
    }
    say(request, 'success', `Your changes to ${name} were saved.`)
    response.redirect(303, '/')
  })

  router.get('/:id/delete', async (request, response) => {
    const id = pathId(request.params.id)
    const event = await getEvent(context, userOf(request), id).catch(troublePage)
    const [row] = listRows([event], timeZoneFor(request, [event]))
    response.render('delete-event', {
      event,
      when: row?.when,
      name: nameOf(event.summary),
      connection: await stateOf(context, userOf(request)),
      notice: takeNotice(request),
    })
  })

  router.post('/:id/delete', async (request, response) => {
    const id = pathId(request.params.id)
    const userId = userOf(request)
    try {
      // If the event was already deleted, the result is the same.
      await deleteEvent(context, userId, id, readEntityTag(request.body?.etag)).catch(unlessGone)
    } catch (error) {
      if (!(error instanceof CalendarTrouble && error.kind === 'changed')) throw troublePage(error)
      say(
        request,
        'warning',
        'The event was changed after you opened it, so it was not deleted. Below is the current version.',
      )
      return response.redirect(303, `/events/${id}/delete`)
    }
    await trips.forgetEvent(context.db, userId, id)
    say(request, 'success', 'The event was deleted from your calendar.')
    response.redirect(303, '/')
  })

  async function show(request: Request, response: Response, form: Form): Promise<void> {
    const state = await stateOf(context, userOf(request))
    response.render('event', {
      form: { errors: {}, now: {}, ...form, was: form.was && writeFilled(form.was) },
      before: form.was && fieldsOf(form.was.event, form.was.timeZone),
      repeats: Boolean(form.was?.event.recurrence),
      connection: state,
      notice: takeNotice(request),
      timeZoneOptions,
    })
  }

  /** Shows the form again, with an error beside each invalid field. */
  async function showErrors(request: Request, response: Response, form: Form & { errors: FieldErrors }) {
    response.status(400)
    logBadFields(context.log, response, 'event-form', form.errors)
    await show(request, response, form)
  }

  /** Shows the form again, with everything that was typed and the reason why it was not saved. */
  async function refuse(request: Request, response: Response, error: unknown, form: Form): Promise<void> {
    const trouble = describeTrouble(error)
    if (!trouble) throw error
    const errors = error instanceof CalendarTrouble ? error.fields : {}
    response.status(trouble.status)
    logTrouble(context.log, response, trouble)
    await show(request, response, { ...form, trouble, errors })
  }

  /** The form for the event's current version, with both versions of what the user changed. Saving again overwrites. */
  async function afterConflict(userId: string, error: unknown, form: Form, was: Filled): Promise<Form> {
    if (!(error instanceof CalendarTrouble && error.kind === 'changed')) return form
    const event = await getEvent(context, userId, form.id).catch(() => undefined)
    if (!event) return form
    const fields = mergeFields(form.fields, was, event)
    const current = fieldsOf(event, was.timeZone)
    const now = Object.fromEntries(changedFields(fields, current).map(name => [name, current[name]]))
    return { ...editForm(form.id, event, was.timeZone), fields, now }
  }

  return router
}

function newForm(id: string, fields: EventFields): Form {
  return { heading: 'Add an event', action: '/events', button: 'Add to calendar', id, fields }
}

/** @param draft fields that the user changed earlier */
function editForm(id: string, event: CalendarEvent, timeZone: string, draft: Partial<EventFields> = {}): Form {
  return {
    heading: event.summary.trim() || 'Event without a name',
    action: `/events/${encodeURIComponent(id)}`,
    button: 'Save changes',
    id,
    etag: event.etag,
    was: { event, timeZone },
    fields: { ...fieldsOf(event, timeZone), ...draft },
  }
}

/** A form that could not be sent without a calendar is offered again once it is connected. */
function keepDraft(request: Request, error: unknown, page: string, name: string, fields: Record<string, string>): void {
  if (describeTrouble(error)?.next) request.session.draft = { page, name, fields }
}

function nameOf(summary: string): string {
  return summary.trim() ? `“${summary.trim()}”` : 'the event'
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && EVENT_ID.test(value) ? value : undefined
}

/** @throws CalendarTrouble for a text that cannot be an event's id */
function pathId(value: string): string {
  const id = idOf(value)
  if (!id) throw troublePage(new CalendarTrouble('gone'))
  return id
}
