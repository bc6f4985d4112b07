/** ejs ships no types. This is all we use of it. */
declare module 'ejs' {
  export type Values = Record<string, unknown>
  export type Template = (values: Values) => string

  /** @param options `filename`: for error messages; `unsafePrototypeLocals`: uses the values as they are, without a copy */
  export function compile(text: string, options: { filename: string; unsafePrototypeLocals: boolean }): Template
}
