/** Adding an event to the calendar, changing it, moving it, deleting it. */
import { type Request, type Response, Router } from 'express'
import 'express-session'
import { changeEvent, createEvent, deleteEvent, getEvent } from '../calendar/calendar-client'
import { CalendarTrouble, unlessGone } from '../calendar/calendar-trouble'
import {
  type EventFields,
  emptyFields,
  type FieldErrors,
  fieldsOf,
  type ReadEventForm,
  readEventForm,
} from '../calendar/event-form'
import type { Context } from '../context'
import { stateOf } from '../oauth/connection'
import { say, takeDraft, takeNotice, userOf } from '../session'
import * as trips from '../store/trips'
import { TIME_ZONES, timeZoneFor } from '../time-zone'
import { newEventId } from '../trips/add-to-calendar'
import { logBadFields } from './form'
import { describeTrouble, logTrouble, type Trouble, troublePage } from './trouble'

interface Form {
  heading: string
  action: string
  button: string
  /** Of the event: ours to choose while it is new. */
  id: string
  etag?: string
  fields: EventFields
  errors?: FieldErrors
  trouble?: Trouble
}

/** What the calendar gave an event for an id, or what we did: nothing that means something in a path. */
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
      // The id is ours: that it exists means that the first of two clicks has made it.
      if (!(error instanceof CalendarTrouble && error.kind === 'exists')) {
        return refuse(
          request,
          response,
          error,
          { ...newForm(id, fields) },
          '/events/new',
          `the event “${fields.summary}”`,
        )
      }
    }
    say(request, 'success', `“${fields.summary}” is in your calendar.`)
    response.redirect(303, '/')
  })

  router.get('/:id', async (request, response) => {
    const id = request.params.id
    const event = await getEvent(context, userOf(request), pathId(id)).catch(troublePage)
    const draft = takeDraft(request, `/events/${id}`)
    const fields = { ...fieldsOf(event, timeZoneFor(request, [event])), ...draft }
    await show(request, response, editForm(id, event.etag, fields))
  })

  router.post('/:id', async (request, response) => {
    const id = pathId(request.params.id)
    const etag = typeof request.body?.etag === 'string' ? request.body.etag : undefined
    const { fields, content, errors } = readEventForm(request.body, timeZoneFor(request))
    if (!content) return showErrors(request, response, { ...editForm(id, etag, fields), errors })
    try {
      await changeEvent(context, userOf(request), id, content, etag)
    } catch (error) {
      const form = editForm(id, await newestEtag(context, request, id, error, etag), fields)
      return refuse(request, response, error, form, `/events/${id}`, `your change to “${fields.summary}”`)
    }
    say(request, 'success', `“${fields.summary}” is changed in your calendar.`)
    response.redirect(303, '/')
  })

  router.post('/:id/delete', async (request, response) => {
    const id = pathId(request.params.id)
    const userId = userOf(request)
    // Deleting what somebody has deleted already is no trouble.
    await deleteEvent(context, userId, id).catch(unlessGone).catch(troublePage)
    await trips.forgetEvent(context.db, userId, id)
    say(request, 'success', 'The event is no longer in your calendar.')
    response.redirect(303, '/')
  })

  async function show(request: Request, response: Response, form: Form): Promise<void> {
    const state = await stateOf(context, userOf(request))
    response.render('event', {
      form: { errors: {}, ...form },
      connection: state,
      notice: takeNotice(request),
      timeZones: TIME_ZONES,
    })
  }

  /** Shows the form again, with what is wrong beside each field. */
  async function showErrors(request: Request, response: Response, form: Form & Pick<ReadEventForm, 'errors'>) {
    response.status(400)
    logBadFields(context.log, response, 'event-form', form.errors)
    await show(request, response, form)
  }

  /** Shows the form again, with all that was typed and what stands in its way. */
  async function refuse(request: Request, response: Response, error: unknown, form: Form, page: string, name: string) {
    const trouble = describeTrouble(error)
    if (!trouble) throw error
    if (trouble.next) request.session.draft = { page, name, fields: { id: form.id, ...form.fields } }
    const fields = error instanceof CalendarTrouble ? error.fields : {}
    response.status(trouble.status)
    logTrouble(context.log, response, trouble)
    await show(request, response, { ...form, trouble, errors: fields })
  }

  return router
}

function newForm(id: string, fields: EventFields): Form {
  return { heading: 'Add an event', action: '/events', button: 'Add to calendar', id, fields }
}

function editForm(id: string, etag: string | undefined, fields: EventFields): Form {
  return {
    heading: fields.summary || 'Event',
    action: `/events/${encodeURIComponent(id)}`,
    button: 'Save changes',
    id,
    ...(etag && { etag }),
    fields,
  }
}

/** After a conflict the form carries the newest version: who saves it again has seen that, and means it. */
async function newestEtag(context: Context, request: Request, id: string, error: unknown, etag: string | undefined) {
  if (!(error instanceof CalendarTrouble && error.kind === 'changed')) return etag
  const event = await getEvent(context, userOf(request), id).catch(() => undefined)
  return event?.etag ?? etag
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && EVENT_ID.test(value) ? value : undefined
}

/** @throws CalendarTrouble for what cannot be an event's id */
function pathId(value: string): string {
  const id = idOf(value)
  if (!id) throw troublePage(new CalendarTrouble('gone'))
  return id
}
