/** What can go wrong with the calendar, in kinds that a page can act upon. */

export type TroubleKind =
  /** Nobody answers there. */
  | 'down'
  /** It took too long: whether a change was made is not known. */
  | 'slow'
  /** It answered, but not with anything of use: 5xx, 429, nonsense. */
  | 'failing'
  /** It cannot learn from the authorization server which tokens were withdrawn, so it accepts none (its own problem type). */
  | 'cannot_check'
  /** Even a fresh token was refused. */
  | 'refused'
  /** The person has not granted what this takes (RFC 6750 §3.1, `insufficient_scope`). */
  | 'not_granted'
  /** There is no such event, or not any more. */
  | 'gone'
  /** The event has changed since it was read (412). */
  | 'changed'
  /** An event with this id is there already (409). */
  | 'exists'
  /** The calendar does not take these values. */
  | 'invalid'

export interface TroubleDetails {
  /** What the calendar said, in its own words. */
  said?: string | undefined
  /** By field: what is wrong with it, in the calendar's words. */
  fields?: Record<string, string>
  /** Whether the request was one that changes something. */
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

/** The kind that a status stands for; undefined for success. 401 is `withAccessToken`'s affair. */
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

/** For `.catch()` where an event that is not there is no trouble. @throws whatever else the error was */
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
