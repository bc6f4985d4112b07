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
 * What the user typed into a form that is refused. The browser forgets it: a page that no cache may keep is loaded anew by the
 * back button. Only a form that the browser says is our own (Fetch Metadata): another site could have its text shown here.
 * @param fields by name, those for text
 */
export function typedInto(request: Request, fields: string[]): string[] {
  if (request.get('Sec-Fetch-Site') !== 'same-origin') return []
  const values: unknown[] = fields.map(name => request.body?.[name])
  return values.filter((value): value is string => typeof value === 'string' && value.trim() !== '')
}

/**
 * For a page with a form: gives views `antiForgeryToken`, and refuses a form that comes back without it.
 * Mount it behind the session and the form parser, on pages only: machines prove themselves by other means.
 * @param options `pageBehind`: where the user finds the page of a form that was refused; `textFields`: the names of the fields
 * whose text is shown then, so that it is not lost. No field with a secret
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
    // Only a page that is shown needs a token, and asking for one starts a session.
    Object.defineProperty(response.locals, 'antiForgeryToken', {
      get: () => generateToken(request),
      enumerable: true,
      configurable: true,
    })
    next()
  }
}
