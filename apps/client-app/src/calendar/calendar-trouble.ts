/** The kinds of errors at the calendar that pages distinguish. */

export type TroubleKind =
  /** Nothing answers at its address. */
  | 'down'
  /** It took too long, so it is unknown whether a change was made. */
  | 'slow'
  /** Its answer is unusable: 5xx, 429 or malformed. */
  | 'failing'
  /** It cannot learn from the authorization server which tokens were withdrawn, so it accepts none (its own problem type). */
  | 'cannot_check'
  /** It refused even a new token. */
  | 'refused'
  /** The user has not granted the scope for this (RFC 6750 §3.1, `insufficient_scope`). */
  | 'not_granted'
  /** The event does not exist, or no longer exists. */
  | 'gone'
  /** The event has changed since it was read (412). */
  | 'changed'
  /** An event with this id already exists (409). */
  | 'exists'
  /** The calendar refuses these values. */
  | 'invalid'

export interface TroubleDetails {
  /** The calendar's own error text. */
  said?: string | undefined
  /** The calendar's error text for each field. */
  fields?: Record<string, string>
  /** Whether the request was to change something. */
  changing?: boolean
}

export class CalendarTrouble extends Error {
  readonly said: string | undefined
  readonly fields: Record<string, string>
  readonly changing: boolean

  constructor(
    readonly kind: TroubleKind,
    { said, fields = {}, changing = false }: TroubleDetails = {},
  ) {
    super(said ? `${kind}: ${said}` : kind)
    this.said = said
    this.fields = fields
    this.changing = changing
  }
}

/** The kind for a status; undefined for success. `withAccessToken` handles 401. */
export function kindOfStatus(status: number): TroubleKind | undefined {
  if (status >= 200 && status < 300) return undefined
  switch (status) {
    case 400:
    case 413:
    case 422:
      return 'invalid'
    case 403:
      return 'not_granted'
    case 404:
    case 410:
      return 'gone'
    case 409:
      return 'exists'
    case 412:
      return 'changed'
    default:
      return 'failing'
  }
}

/** For `.catch()` where a missing event is not an error. @throws any other error */
export function unlessGone(error: unknown): undefined {
  if (error instanceof CalendarTrouble && error.kind === 'gone') return undefined
  throw error
}

/** RFC 9457: `type`, `title`, `detail`, and the `errors` that name the fields. */
export function readProblem(problem: Record<string, unknown> | undefined): {
  type: unknown
  said: string | undefined
  fields: Record<string, string>
} {
  const said = [problem?.detail, problem?.title].find(text => typeof text === 'string')
  const fields: Record<string, string> = {}
  for (const error of Array.isArray(problem?.errors) ? problem.errors : []) {
    const { field, pointer, name, detail, message } = (error ?? {}) as Record<string, unknown>
    const place = [field, pointer, name].find(text => typeof text === 'string')
    const text = [detail, message].find(value => typeof value === 'string')
    const first = place?.split(/[#/.[\]]+/).find(Boolean)
    if (first && text && fields[first] === undefined) fields[first] = text
  }
  return { type: problem?.type, said, fields }
}
