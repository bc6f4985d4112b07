/** A link on the error page. */
export interface NextStep {
  href: string
  label: string
}

/** A text from outside, with a mark at the character that is wrong. */
export interface MarkedText {
  label: string
  text: string
  /** In characters. Undefined: no mark. Equal to the text's length: something is missing at the end. */
  markAt?: number | undefined
}

export interface PageErrorOptions {
  /** Response headers that belong to the error, e.g. `Retry-After`. */
  headers?: Record<string, string>
  /** The name of the check that refused, for the log. */
  check?: string
  /** A hint for the developer of the app that sent the user here, shown below the text for the user. */
  forDeveloper?: string
  /** Shown below the hint, for comparison. */
  compared?: MarkedText[]
  /** What the user typed into the form that was refused, so that it can be copied from the page. */
  typed?: string[]
}

/** An error for a user in a browser: what happened, and what to do next. Rendered by `error-pages.ts`. */
export class PageError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    /** Also logged, unless there is a `check`; then it may quote the request. */
    readonly detail: string,
    readonly nextSteps: NextStep[] = [],
    readonly options: PageErrorOptions = {},
  ) {
    super(detail)
  }
}
