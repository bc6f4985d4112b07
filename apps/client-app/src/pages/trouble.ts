/** The texts for errors of the calendar or the authorization server: what happened, and what to do. */
import type { Logger } from '@glasshouse/shared/log'
import { PageError } from '@glasshouse/shared/page-error'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Response } from 'express'
import { CalendarTrouble, type TroubleKind } from '../calendar/calendar-trouble'
import { NotConnected } from '../oauth/connection'
import { AuthServerUnavailable } from '../oauth/server-metadata'
import { whyUnavailable } from '../oauth/unavailable'

export interface Trouble {
  kind: TroubleKind | 'not_connected' | 'ended' | 'accounts'
  /** The status of the response to a form that met this trouble. */
  status: number
  title: string
  detail: string
  next?: { href: string; label: string }
}

const TRY_AGAIN = 'Try again in a moment.'
const NOT_TWICE = 'If your change was already made, it will not be made twice.'

const OF_CALENDAR: Record<TroubleKind, Omit<Trouble, 'kind'>> = {
  down: {
    status: 503,
    title: 'Your calendar cannot be reached',
    detail: `Tripmate cannot reach Glasshouse Calendar right now. Your trips are safe here. ${TRY_AGAIN}`,
  },
  slow: {
    status: 503,
    title: 'Your calendar takes too long to answer',
    detail: `Tripmate stopped waiting for an answer from Glasshouse Calendar. ${TRY_AGAIN}`,
  },
  failing: {
    status: 503,
    title: 'Your calendar has a problem',
    detail: `Glasshouse Calendar reported an error or sent an answer that Tripmate cannot read. ${TRY_AGAIN}`,
  },
  cannot_check: {
    status: 503,
    title: 'Your calendar refuses all apps right now',
    detail: `Glasshouse Calendar cannot reach Glasshouse Accounts, so it cannot check whether you have withdrawn an app’s access. Until it can, it refuses every app. ${TRY_AGAIN}`,
  },
  refused: {
    status: 503,
    title: 'Your calendar rejected Tripmate’s access token',
    detail: 'Glasshouse Calendar rejected even a new access token. Connecting again usually helps.',
    next: { href: '/connect', label: 'Connect again' },
  },
  not_granted: {
    status: 403,
    title: 'Tripmate does not have this access',
    detail: 'You did not allow Tripmate the access that this needs. You can allow it now.',
    next: { href: '/connect?ask=write', label: 'Ask again' },
  },
  gone: {
    status: 404,
    title: 'This event is not in your calendar',
    detail: 'It was deleted, or it never existed.',
  },
  changed: {
    status: 409,
    title: 'This event has changed since you opened it',
    detail: 'It was changed elsewhere, perhaps by you in another tab. Nothing was overwritten.',
  },
  exists: {
    status: 409,
    title: 'This event already exists',
    detail: 'It is already in your calendar, so it was not added again.',
  },
  invalid: {
    status: 400,
    title: 'The calendar did not accept this',
    detail: 'Check the fields below.',
  },
}

/** @returns undefined for any other error, which is a bug that `errorPages` shows */
export function describeTrouble(error: unknown): Trouble | undefined {
  if (error instanceof CalendarTrouble) {
    const trouble = { kind: error.kind, ...OF_CALENDAR[error.kind] }
    if (error.kind === 'invalid' && error.said) return { ...trouble, detail: `It said: “${error.said}”` }
    if (error.kind === 'slow' && error.changing) return { ...trouble, detail: `${trouble.detail} ${NOT_TWICE}` }
    return trouble
  }
  if (error instanceof AuthServerUnavailable) {
    return {
      kind: 'accounts',
      status: 503,
      title: 'Tripmate could not renew its access token',
      // The text promises no more: if the answer to a refresh was lost, the old refresh token may be used up and the new one lost.
      detail: `${whyUnavailable(error)} ${TRY_AGAIN} If that does not help, connect your calendar again.`,
    }
  }
  if (error instanceof NotConnected) {
    return error.ended
      ? {
          kind: 'ended',
          status: 403,
          title: 'Your calendar connection has ended',
          detail:
            'It expired, you withdrew Tripmate’s access, or Glasshouse Accounts ended it because a token was used twice. Connect again to continue.',
          next: { href: '/connect', label: 'Connect again' },
        }
      : {
          kind: 'not_connected',
          status: 403,
          title: 'No calendar is connected',
          detail: 'Connect your calendar first. Tripmate saves what you entered.',
          next: { href: '/connect', label: 'Connect your calendar' },
        }
  }
  return undefined
}

/** For `.catch()` where a page works without the part that failed. @throws any other error */
export function asTrouble(error: unknown): Trouble {
  const trouble = describeTrouble(error)
  if (!trouble) throw error
  return trouble
}

/** Whether `.catch(asTrouble)` returned trouble. */
export function isTrouble(value: object): value is Trouble {
  return 'kind' in value && 'title' in value && 'detail' in value
}

/** For `.catch()` where a page cannot work without the part that failed. @throws PageError */
export function troublePage(error: unknown): never {
  const { kind, status, title, detail, next } = asTrouble(error)
  const nextSteps = [...(next ? [next] : []), { href: '/', label: 'Back to your calendar' }]
  // The detail may quote the calendar.
  throw new PageError(status, title, detail, nextSteps, { check: kind })
}

/** Logs a request that met trouble, if the trouble is shown on the page itself or as JSON. */
export function logTrouble(log: Logger, response: Response, { kind, title }: Trouble): void {
  logRefusal(log, response, `calendar.${kind}`, title)
}
