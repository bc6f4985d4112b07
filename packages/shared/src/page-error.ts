/** An error that a person meets in a browser: what happened, and what to do next. Rendered by `error-pages.ts`. */
export class PageError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly nextSteps: { href: string; label: string }[] = [],
    /** Response headers that belong to the error, e.g. `Retry-After`. */
    readonly headers: Record<string, string> = {},
  ) {
    super(detail)
  }
}
