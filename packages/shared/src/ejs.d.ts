/** ejs ships no types. This is all we use of it. */
declare module 'ejs' {
  /** The engine in the form that Express expects. */
  export function __express(path: string, options: object, done: (error: unknown, html?: string) => void): void
}
