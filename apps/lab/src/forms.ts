/** Pages of the Lab with forms, and what the Lab checks when a form of its own arrives. */
import type { Addresses } from '@glasshouse/shared/environment'
import { PageError } from '@glasshouse/shared/page-error'
import type { RequestHandler, Response } from 'express'

/**
 * For a page with forms of the Lab's own, or that go to the services. With the usual policy `no-referrer` the browser would send
 * `Origin: null`, and the receiver could not tell that the form comes from here.
 */
export function sayOrigin(response: Response): void {
  response.set('Referrer-Policy', 'strict-origin')
}

/** For a page with levers (`lights/levers.ts`): its forms may go to the services, and say where they come from. */
export function allowLevers(response: Response, addresses: Addresses): void {
  const { clientAppUrl, authServerUrl, calendarApiUrl } = addresses
  const policy = String(response.getHeader('Content-Security-Policy') ?? '')
  const services = `${clientAppUrl} ${authServerUrl} ${calendarApiUrl}`
  response.set('Content-Security-Policy', policy.replace("form-action 'self'", `form-action 'self' ${services}`))
  sayOrigin(response)
}

/** The Lab has no sessions, so its forms carry no hidden field. A page of any other origin is told apart by `Origin`. */
export function fromOwnPage(labUrl: string): RequestHandler {
  return (request, _response, next) => {
    if (request.headers.origin === labUrl) return next()
    throw new PageError(
      403,
      'This form cannot be accepted',
      'It was not sent from a page of the Lab. Nothing was done.',
      [{ href: '/runs', label: 'See your runs' }],
    )
  }
}
