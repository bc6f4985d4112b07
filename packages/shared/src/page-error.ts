/** A link on the error's page. */
export interface NextStep {
  href: string
  label: string
}

export interface PageErrorOptions {
  /** Response headers that belong to the error, e.g. `Retry-After`. */
  headers?: Record<string, string>
  /** Which check refused, in a word of our own for the log. */
  check?: string
  /** What helps whoever wrote the app that sent the person here; it stands by itself, below what the person reads. */
  forDeveloper?: string
}

/** An error that a person meets in a browser: what happened, and what to do next. Rendered by `error-pages.ts`. */
export class PageError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    /** Goes into the log as well, unless there is a `check`: then it may quote what came in. */
    readonly detail: string,
    readonly nextSteps: NextStep[] = [],
    readonly options: PageErrorOptions = {},
  ) {
    super(detail)
  }
}
