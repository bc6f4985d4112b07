/** Which message of one run is the counterpart of a message of another run, or of the same run. */
import { inPlace, type Message } from '../capture/messages'
import { parseBody, pathOf } from '../capture/read-message'

/** The same for messages that do the same: sender, receiver, method, path without ids, and the grant for a token request. */
export function kindOf({ from, to, request, steps }: Message): string {
  const path = pathOf(request.target).replace(/^(\/(?:calendar\/events|register|assets|trips|events))\/[^/]+/, '$1/…')
  const grant = to === 'auth-server' && path === '/token' ? String(parseBody(request).grant_type ?? '') : ''
  return [from, to, request.method, path, grant, steps.request ?? ''].join(' ')
}

/** @param inOrder the messages of a run @returns the last one before `message` that does the same */
export function previousAlike(inOrder: Message[], message: Message): Message | undefined {
  const kind = kindOf(message)
  return inOrder.filter(one => one.place < message.place && kindOf(one) === kind).at(-1)
}

/** @returns the first message of a run that does the same as `message` */
export function counterpartIn(messages: Message[], message: Message): Message | undefined {
  const kind = kindOf(message)
  return inPlace(messages).find(one => kindOf(one) === kind)
}
