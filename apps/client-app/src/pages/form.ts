/** Reads form fields, and logs a refused form. */
import type { Logger } from '@glasshouse/shared/log'
import { logRefusal } from '@glasshouse/shared/refusal-log'
import type { Request, Response } from 'express'

/** A field as text, without surrounding spaces. Empty if it is missing or not text. */
export function textField(request: Request, name: string): string {
  const value: unknown = request.body?.[name]
  return typeof value === 'string' ? value.trim() : ''
}

/** Logs a form that is shown again. @param errors by field; only the fields' names are logged, because they are ours */
export function logBadFields(log: Logger, response: Response, form: string, errors: object): void {
  logRefusal(log, response, form, `invalid fields: ${Object.keys(errors).join(', ')}`)
}
