/** What a term of the glossary is. `terms.ts` has the terms. */
import type { SpecReference } from '@glasshouse/shared/see-through/spec'

export interface Term {
  /** Its address: `/glossary#<id>`. */
  id: string
  name: string
  /** Two plain sentences. Plain text, because it is also shown beside the word. */
  says: string
  /** From this scenario. May contain the marks that `tour/stop.ts` lists. */
  example: string
  spec: SpecReference
}

export interface TermGroup {
  id: string
  title: string
  terms: Term[]
}
