/** "Send it anyway": shows a token to the calendar, and reads its real answer. */
import { readFile } from 'node:fs/promises'
import { STATUS_CODES } from 'node:http'
import { join } from 'node:path'
import { workspaceRoot } from '@glasshouse/shared/environment'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { PageError } from '@glasshouse/shared/page-error'
import type { Context } from '../context'
import { untilReported } from '../lights/pressed'
import { callService } from '../own-calls'
import * as exchanges from '../store/exchanges'
import type { FoundToken } from './find-token'
import type { Parts } from './token'

export interface Answer {
  status: number
  reason: string
  challenge: string | null
  /** RFC 6750 §3: the calendar's own words. */
  why: string | undefined
  body: string
  cut: boolean
  /** The check that refused it, by the name that the calendar's log gives it. */
  check: string | undefined
  /** Where that check stands. */
  source: string
  /** The message in the record. */
  message: string
}

/** In characters. The start of a list of events is enough. */
const SHOW_BODY = 1_200
/** RFC 6750 §2.1 and Node's own limit for all headers, 16 KiB. */
const LONGEST_TOKEN = 8_000
const REQUESTED = '/calendar/events?maxResults=3'

/** @throws PageError when the token is too long to send, or the calendar does not answer */
export async function sendToken(context: Context, { traceId, runId }: FoundToken, parts: Parts): Promise<Answer> {
  const { config, db, values } = context
  const token = `${parts.header}.${parts.claims}.${parts.signature ?? ''}`
  if (token.length > LONGEST_TOKEN) throw new PageError(413, 'The token is too long', 'Make its claims shorter.')
  // It has the signature of a token that may be good: it must not be in the record as it is.
  await values.takeForGood(token)
  const url = `${config.addresses.calendarApiUrl}${REQUESTED}`
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
  const { response, exchange } = await callService(url, traceId, { headers }).catch(() => {
    throw new PageError(502, 'The calendar does not answer', 'The token was not judged. Try again in a moment.')
  })
  const body = indented(await response.text())
  const challenge = response.headers.get('www-authenticate')
  await untilReported(context, runId, exchange)
  const reported = (await exchanges.find(db, exchange))?.server_end
  const refusal = reported ? (JSON.parse(reported) as ReportedExchange).refusal : undefined
  return {
    status: response.status,
    reason: STATUS_CODES[response.status] ?? '',
    challenge,
    why: /error_description="([^"]*)"/.exec(challenge ?? '')?.[1],
    body: body.slice(0, SHOW_BODY),
    cut: body.length > SHOW_BODY,
    check: refusal?.refused,
    source: await addressOf(refusal?.refused),
    message: exchange,
  }
}

/** JSON as people read it; anything else as it is. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

const CHECKS = 'apps/calendar-api/src/bearer-token.ts'

/** @returns the address of the check's line in the Lab's own view of the source, or of the file if the line is not found */
async function addressOf(check: string | undefined): Promise<string> {
  const source = await readFile(join(workspaceRoot(), CHECKS), 'utf8').catch(() => '')
  const line = source.split('\n').findIndex(text => check !== undefined && text.includes(`'${check}'`)) + 1
  return `/source/${CHECKS}${line > 0 ? `#L${line}` : ''}`
}
