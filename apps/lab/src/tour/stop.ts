/**
 * A stop of the tour is data. To add one, write a file in `stops/` and list it in `stops/index.ts`.
 *
 * Texts may contain marks, which `text/rich-text.ts` reads: `code` between backticks, **bold**, *stressed*, [[term-id]] or
 * [[term-id|other words]] for a term of the glossary, and [label](tripmate:/path), where the place is `tripmate`,
 * `accounts`, `calendar`, `lab`, or `run` for the newest run.
 */
import type { SpecReference } from '@glasshouse/shared/see-through/spec'
import type { Sender } from '../capture/parties'

export interface Stop {
  /** Its address: `/tour/<id>`. */
  id: string
  question: string
  /** What the learner knows before the bet. */
  scene: string
  /** What exactly they bet on. */
  bet: string
  answers: [Answer, Answer, Answer]
  /** What to do on the real pages, step by step. */
  task: string[]
  /** The messages of one run that prove the answer. */
  proof: Proof[]
  /** Shows that SHA-256 of the verifier is the challenge. Both have to be among the proof. */
  recomputesChallenge?: true
  explanation: string[]
  /** Who could gain what, and what stops them. */
  thieves: { who: string; stopped: string }[]
  /** The answer, as the learner may now give it. */
  lesson: string
  readOn: ReadOn
}

export interface Answer {
  /** Plain text: it is the label of a button. */
  text: string
  right?: true
  why: string
}

export interface Proof {
  title: string
  finds: MessagePattern
  /** The lines that matter, by name: a parameter, a header in lower case, a member of JSON, or `start`; with a note for each. */
  request?: Record<string, string>
  response?: Record<string, string>
  /** Claims of the access token in the request's Authorization header, with a note for each. */
  claims?: Record<string, string>
  /** For comparison: the stop is complete without it. */
  optional?: true
}

/** Which message is meant. What is left out does not matter. */
export interface MessagePattern {
  from?: Sender
  to: Sender
  method?: string
  path: string
  /** Parameters of the query or the form: the value, or true for any. */
  sends?: Record<string, string | true>
  /** Any one of them. */
  status?: number[]
  /** Members of the JSON in the answer, or parameters of the address that it redirects to: the value, or true for any. */
  answers?: Record<string, string | true>
}

export interface ReadOn {
  specs: SpecReference[]
  docs?: { path: string; label: string }[]
  sources: SourceReference[]
  /** Ids of the glossary. */
  terms: string[]
}

/** A place in this repository. */
export interface SourceReference {
  path: string
  /** A text that stands in the line meant; the first such line counts. */
  at: string
  label: string
}
