/**
 * What a check is. The lists beside this file are data: they say in words what the source of a receiver does. Whoever adds a
 * check to a service, moves one, or rewords its refusal, does the same here: `checks-and-source.test.ts` is red until then.
 */
import type { SpecReference } from '@glasshouse/shared/see-through/spec'
import type { Message } from '../capture/messages'

/** A place in the source. */
export interface Place {
  /** From the root of the repository. */
  file: string
  /** A text that stands in the file once, on one line. */
  anchor: string
}

export interface Check extends Place {
  /** For links and exports: `redirect-uri-matches`. */
  name: string
  /** What the receiver made sure of. */
  sentence: string
  /** Missing for a rule that is this service's own. */
  section?: SpecReference
  /** What goes wrong without this check, in one sentence. */
  without: string
  /** How the receiver knows, and how soon, where that is not in the request itself. */
  how?: string
  /**
   * The texts of the refusal (`refusal.why` in a message) as they stand in the source, with … in place of what is filled in;
   * or its name (`refusal.refused`). A refusal that contains one of them comes from this check.
   */
  why: string[]
  /** Checks that make no sense for every request, such as PKCE's. It is always shown if it refused. */
  when?: (message: Message) => boolean
  /** For a check that refuses nothing, but sends the browser elsewhere. */
  failed?: (message: Message) => boolean
  /** The calls that lead to it, the outermost first, if it stands in another function than the list's first check. */
  calledFrom?: Place[]
}

/** The checks of one endpoint, in the order in which the source runs them. */
export interface CheckList {
  receiver: Message['to']
  /** Whether this message is checked by this list. */
  receives: (message: Message) => boolean
  checks: Check[]
}

/** Checks that run when this place calls them. */
export function calledFrom(place: Place, checks: Check[]): Check[] {
  return checks.map(check => ({ ...check, calledFrom: [place, ...(check.calledFrom ?? [])] }))
}

export const AUTH_SERVER = 'apps/auth-server/src'
export const PARAMETERS = `${AUTH_SERVER}/protocol/parameters.ts`

/** The refusals of `parameters.ts` for one parameter that cannot be read. */
export function unreadable(...names: string[]): string[] {
  return names.flatMap(name => [
    `${name} was sent more than once; send it once`,
    `${name} has a character that is not allowed (RFC 6749 Appendix A)`,
  ])
}
