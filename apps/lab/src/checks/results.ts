/**
 * What the receiver of a message checked, and how it went. Nothing is recorded for this: the order of the checks is the order
 * of the source, a request that succeeded has passed all of them, and a refusal says which check it comes from.
 */
import type { Message } from '../capture/messages'
import { pathOf } from '../capture/read-message'
import type { Check, CheckList } from './check'
import { redirectedTo } from './facts'
import { CHECK_LISTS } from './lists'
import { lineOf } from './places'

export interface CheckResult extends Check {
  result: 'passed' | 'refused' | 'not reached'
  /** Where the check stands in `file`. */
  line: number
}

/** @returns the checks that concern this message, in the order in which they run; none for a message that nobody checks */
export function checkResults(message: Message): CheckResult[] {
  const list = checkListOf(message)
  if (!list) return []
  const refusing = refusingCheck(list, message)
  const shown = list.checks.filter(check => check === refusing || (check.when?.(message) ?? true))
  const end = endOf(shown, refusing, message)
  return shown.map((check, index) => ({
    ...check,
    line: lineOf(check),
    result: index < end ? 'passed' : check === refusing ? 'refused' : 'not reached',
  }))
}

export function checkListOf(message: Message): CheckList | undefined {
  return CHECK_LISTS.find(list => list.receiver === message.to && list.receives(message))
}

function refusingCheck({ checks }: CheckList, message: Message): Check | undefined {
  if (!message.refusal) return checks.find(check => check.failed?.(message))
  return checks.find(check => check.why.some(why => isRefusal(message.refusal, why)))
}

/** How many checks the message passed. */
function endOf(shown: Check[], refusing: Check | undefined, message: Message): number {
  if (refusing) return shown.indexOf(refusing)
  return succeeded(message) ? shown.length : 0
}

/** A refusal that no check knows, an error, and a redirect that asks for the same once more: nothing is known then. */
function succeeded(message: Message): boolean {
  const { request, response, refusal } = message
  if (!response || refusal || response.status >= 400) return false
  return redirectedTo(message) !== pathOf(request.target)
}

function isRefusal(refusal: Message['refusal'], why: string): boolean {
  if (!refusal) return false
  const isName = !why.includes(' ')
  return isName ? refusal.refused === why || refusal.why === why : pattern(why).test(refusal.why)
}

const patterns = new Map<string, RegExp>()

/** Whole words: `token is missing` is not part of `refresh_token is missing`. */
function pattern(why: string): RegExp {
  const known = patterns.get(why)
  if (known) return known
  const text = why.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const made = new RegExp(`(?<!\\w)${text.join('.*')}`, 's')
  patterns.set(why, made)
  return made
}
