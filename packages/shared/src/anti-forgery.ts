/**
 * The hidden field that every form carries (RFC 6749 §10.12 asks for it; RFC 6819 §4.4.1.8 and §5.3.5 say why).
 * The token is stored in the session and compared when the form comes back: csrf-sync's synchroniser pattern.
 */
import { csrfSync } from 'csrf-sync'
import type { NextFunction, Request, Response } from 'express'
import { type NextStep, PageError } from './page-error'

export const ANTI_FORGERY_FIELD = '_csrf'

const START_PAGE = { href: '/', label: 'Go to the start page' }

const { generateToken, isRequestValid } = csrfSync({
  getTokenFromRequest: request => request.body?.[ANTI_FORGERY_FIELD],
})

/** Whether the form's token belongs to another session: the page was opened before the session was renewed. */
export function isOfAnotherSession(request: Request): boolean {
  return Boolean(request.body?.[ANTI_FORGERY_FIELD]) && !isRequestValid(request)
}

/** The most likely reason, for the user. */
function whyRefused(request: Request): string {
  if (!request.body?.[ANTI_FORGERY_FIELD]) {
    return 'The hidden field that our pages put into their forms is missing. Another site may have sent this form, or a program that omitted the field.'
  }
  if (request.session.csrfToken === undefined) {
    return 'Your session has ended since you opened the page, or your browser does not send our cookie: check that cookies are allowed for this site.'
  }
  return 'Someone signed in or out in this browser after you opened the page, perhaps you in another tab. The form belongs to the earlier session.'
}

/**
 * What the user typed into a refused form. The browser loses it, because the back button reloads a page that must not be
 * cached. Only for a form that comes from our own page (Fetch Metadata), so that another site cannot place text on ours.
 * @param fields the names of the text fields
 */
export function typedInto(request: Request, fields: string[]): string[] {
  if (request.get('Sec-Fetch-Site') !== 'same-origin') return []
  const values: unknown[] = fields.map(name => request.body?.[name])
  return values.filter((value): value is string => typeof value === 'string' && value.trim() !== '')
}

/**
 * For pages with a form: provides `antiForgeryToken` to views, and refuses a form without it.
 * Mount it after the session and the form parser, on pages only: machine clients authenticate in other ways.
 * @param options `pageBehind`: a link to the page of the refused form; `textFields`: the names of the fields whose text is
 * shown after a refusal, so that it is not lost. Never name a field with a secret
 * @throws PageError 403
 */
export function antiForgery({
  pageBehind = () => START_PAGE,
  textFields = [],
}: {
  pageBehind?: (request: Request) => NextStep
  textFields?: string[]
} = {}) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (!reading && !isRequestValid(request)) {
      const typed = typedInto(request, textFields)
      const what = `${whyRefused(request)} Nothing was changed. Open the page again and send the form from there.`
      const detail = typed.length > 0 ? `${what} What you typed is below.` : what
      throw new PageError(403, 'This form cannot be accepted', detail, [pageBehind(request)], { typed })
    }
    // A getter, because generating a token starts a session, and only a page with a form needs one.
    Object.defineProperty(response.locals, 'antiForgeryToken', {
      get: () => generateToken(request),
      enumerable: true,
      configurable: true,
    })
    next()
  }
}
