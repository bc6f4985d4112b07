/** The two halves of a request's target (RFC 9112 §3.2), as they were sent. */

/** The parameters of the query, each as often as it was sent. `request.query` would guess at lists and objects. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start))
}

/**
 * The path, ready to stand in a URL: nothing is decoded or normalised, and a character that no URL may contain (RFC 3986
 * §2) is percent-encoded.
 * @param url a path, or a whole URL as a proxy sends it (RFC 9112 §3.2.2)
 */
export function pathOf(url: string): string {
  const [, path = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? []
  return encodeURI(path).replaceAll('%25', '%')
}
