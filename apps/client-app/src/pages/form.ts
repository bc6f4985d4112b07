/** What pages read out of a form. */
import type { Request } from 'express'

/** A field as text, without the space around it; empty when it is missing or no text. */
export function textField(request: Request, name: string): string {
  const value: unknown = request.body?.[name]
  return typeof value === 'string' ? value.trim() : ''
}
