/** What the receiver of a message checked, and how it went. */
import type { Message } from '../capture/messages'

export interface CheckResult {
  /** The check's name, for links and exports: `redirect-uri-matches`. */
  name: string
  result: 'passed' | 'refused' | 'not reached'
}

export function checkResults(_message: Message): CheckResult[] {
  return []
}
