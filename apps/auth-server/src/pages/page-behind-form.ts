/** Which page to open again when a form is refused because it does not belong to this session. */
import type { NextStep } from '@glasshouse/shared/page-error'
import type { Request } from 'express'
import { textParameter } from './pending-request'

/**
 * @returns the page that contains the form. Only known parts are copied from the request's address, because another
 * site may have sent the form
 */
export function pageBehindForm(request: Request): NextStep {
  const label = 'Open the page again'
  const [, room, app = ''] = /^\/(login|consent|account|developer)(\/app_[0-9a-f]{24})?/.exec(request.path) ?? []
  if (!room) return { href: '/', label: 'Go to the start page' }
  if (room === 'account' || room === 'developer') return { href: `/${room}${app}`, label }
  const query = new URLSearchParams()
  for (const name of ['request', 'next'])
    if (textParameter(request, name)) query.set(name, textParameter(request, name))
  return { href: query.size > 0 ? `/${room}?${query}` : `/${room}`, label }
}
