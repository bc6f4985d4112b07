/**
 * The hidden field that every form carries (RFC 6749 §10.12 asks for it; RFC 6819 §4.4.1.8 and §5.3.5 say why).
 * The token is kept in the session and compared when the form comes back: csrf-sync's synchroniser pattern.
 */
import { csrfSync } from 'csrf-sync'
import type { NextFunction, Request, Response } from 'express'
import { type NextStep, PageError } from './page-error'

export const ANTI_FORGERY_FIELD = '_csrf'

const START_PAGE = { href: '/', label: 'Go to the start page' }

const { generateToken, isRequestValid } = csrfSync({
  getTokenFromRequest: request => request.body?.[ANTI_FORGERY_FIELD],
})

/** Whether the form carries a field that is not this session's: of a page that was open before the session was renewed. */
export function isOfAnotherSession(request: Request): boolean {
  return Boolean(request.body?.[ANTI_FORGERY_FIELD]) && !isRequestValid(request)
}

/** What happened, as far as it can be told. */
function whyRefused(request: Request): string {
  if (!request.body?.[ANTI_FORGERY_FIELD]) {
    return 'It came without the hidden field that our own pages put into their forms. Another site may have sent it, or a program that left the field out.'
  }
  if (request.session.csrfToken === undefined) {
    return 'Your session has ended since you opened the page, or your browser does not send our cookie: check that cookies are allowed here.'
  }
  return 'Somebody has signed in or out in this browser since you opened the page, perhaps you in another tab. The form belongs to the session before.'
}

/**
 * For a page with a form: gives views `antiForgeryToken`, and refuses a form that comes back without it.
 * Mount it behind the session and the form parser, on pages only: machines prove themselves by other means.
 * @param pageBehind where somebody finds the page of a form that was refused
 * @throws PageError 403
 */
export function antiForgery(pageBehind: (request: Request) => NextStep = () => START_PAGE) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (!reading && !isRequestValid(request)) {
      const what = `${whyRefused(request)} Nothing was changed.`
      const how =
        'Open the page again and send the form from there; what you had typed is still behind the back button.'
      throw new PageError(403, 'This form cannot be accepted', `${what} ${how}`, [pageBehind(request)])
    }
    // Only a page that is shown needs a token, and asking for one starts a session.
    Object.defineProperty(response.locals, 'antiForgeryToken', {
      get: () => generateToken(request),
      enumerable: true,
      configurable: true,
    })
    next()
  }
}
