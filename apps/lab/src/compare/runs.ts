/** Two runs side by side: the messages that do the same stand beside each other. */
import { diffArrays } from 'diff'
import { inPlace, type Message } from '../capture/messages'
import { kindOf } from './alike'
import { type ComparedMessages, compareMessages, type KindOfValue } from './lines'

export interface MessagePair {
  left?: Message
  right?: Message
  outcome: 'same' | 'differs' | 'only left' | 'only right'
  /** The lines of the two, if they differ. */
  compared?: ComparedMessages
}

export function compareRuns(left: Message[], right: Message[], kindOfValue: KindOfValue): MessagePair[] {
  const [ours, theirs] = [inOrder(left), inOrder(right)]
  const pairs: MessagePair[] = []
  let [atLeft, atRight] = [0, 0]
  for (const { count = 0, added, removed } of diffArrays(ours.map(kindOf), theirs.map(kindOf))) {
    for (let index = 0; index < count; index++) {
      const one = added ? undefined : ours[atLeft++]
      const other = removed ? undefined : theirs[atRight++]
      pairs.push(pairOf(one, other, kindOfValue))
    }
  }
  return pairs
}

function pairOf(left: Message | undefined, right: Message | undefined, kindOfValue: KindOfValue): MessagePair {
  if (!left || !right) return right ? { right, outcome: 'only right' } : { ...(left && { left }), outcome: 'only left' }
  const compared = compareMessages(left, right, kindOfValue)
  return { left, right, outcome: compared.differs ? 'differs' : 'same', ...(compared.differs && { compared }) }
}

function inOrder(messages: Message[]): Message[] {
  return inPlace(messages.filter(({ shown }) => shown))
}
