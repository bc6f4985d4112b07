/** The path and the query of a request's target (RFC 9112 §3.2), as they were sent. */

/** The parameters of the query, with every repetition. `request.query` would turn some of them into lists and objects. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start))
}

/**
 * The path in a form that can be part of a URL: nothing is decoded or normalised, and characters that are not allowed in
 * a URL (RFC 3986 §2) are percent-encoded.
 * @param url a path with or without a query, or an absolute URL (RFC 9112 §3.2.2)
 */
export function pathOf(url: string): string {
  const [, path = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? []
  return encodeURI(path).replaceAll('%25', '%')
}
