/** Lets a run's access token expire: at the calendar, which judges it, and at the authorization server, which issued it. */
import { PageError } from '@glasshouse/shared/page-error'
import type { Context } from '../context'
import { callService } from '../own-calls'
import * as exchanges from '../store/exchanges'
import type { RunTable } from '../store/schema'
import { tokensOf } from './tokens'

/** @returns the id of the exchange with the calendar @throws PageError if there is no token, or no answer */
export async function letTokenExpire({ config, db, reader, values }: Context, run: RunTable): Promise<string> {
  const { accessToken } = tokensOf(await reader.read(run.id), values)
  const traceId = await exchanges.traceOfRun(db, run.id)
  if (!accessToken || !traceId) {
    throw new PageError(
      409,
      'There is no access token',
      'Tripmate has no access token in this run yet. Connect your calendar, then try again.',
    )
  }
  const { jti, exp } = accessToken
  const init = { method: 'POST', body: new URLSearchParams({ jti, exp: String(exp) }) }
  const { response, exchange } = await callService(`${config.addresses.calendarApiUrl}/demo/expire`, traceId, init)
  if (!response.ok) throw unable('The calendar')
  // Before it is on the list of ended tokens, which would say that somebody revoked it.
  await values.spendTokens(jti, 'expired: you let its time run out')
  const { response: second } = await callService(`${config.addresses.authServerUrl}/demo/expire`, traceId, init)
  if (!second.ok) throw unable('Accounts')
  return exchange
}

function unable(service: string): PageError {
  return new PageError(502, 'The token did not expire', `${service} did not accept it. Reload the page and try again.`)
}
