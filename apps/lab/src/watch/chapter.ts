/** What a story about a message consists of, and what all stories need to recognise their message. */
import type { SpecReference } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'
import { pathOf } from '../capture/read-message'

export interface Story {
  /** A few words, for the list and the panel's heading. */
  title: string
  /** Two or three sentences each. */
  why: string
  thief: string
  spec?: SpecReference
  /** Paths in this repository. */
  sentBy?: string
  receivedBy?: string
  heldBy?: string
}

export interface Chapter extends Story {
  /** Whether the story is about this message. */
  about: (message: Message) => boolean
}

export const path = (message: Message) => pathOf(message.request.target)
export const at = (message: Message, to: Message['to'], method: string, where: RegExp) =>
  message.to === to && message.request.method === method && where.test(path(message))
