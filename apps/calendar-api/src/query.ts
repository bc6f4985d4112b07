/** The parameters of a request's query, each as often as it was sent. `request.query` would guess at lists and objects. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start))
}
