/** Refuses text with a NUL in it, which our forms never send and PostgreSQL cannot store. */
import { PageError } from '@glasshouse/shared/page-error'
import type { NextFunction, Request, Response } from 'express'

/** Mount it after the form parser. @throws PageError 400 */
export function readable(request: Request, _response: Response, next: NextFunction): void {
  const fields = Object.values({ ...request.body }).flat()
  if (/%00/.test(request.originalUrl) || fields.some(value => String(value).includes('\0'))) {
    throw new PageError(
      400,
      'This request could not be read',
      'It contains an invalid character. Remove it and try again.',
      [{ href: '/', label: 'Back to Tripmate' }],
    )
  }
  next()
}
