/** What pages read out of a form, and what the log learns of one that is refused. */
import type { Logger } from '@glasshouse/shared/log'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Request, Response } from 'express'

/** A field as text, without the space around it; empty when it is missing or no text. */
export function textField(request: Request, name: string): string {
  const value: unknown = request.body?.[name]
  return typeof value === 'string' ? value.trim() : ''
}

/** The line for a form that is shown again. @param errors by field: the log has the names, for they are our own */
export function logBadFields(log: Logger, response: Response, form: string, errors: object): void {
  logRefusal(log, response, form, `invalid fields: ${Object.keys(errors).join(', ')}`)
}
