/**
 * Some addresses are secrets by themselves: whoever knows the address of a calendar's feed can read the calendar. They must not
 * be in a log, on a page or in the Lab.
 */

/** All that follows, so that no way of writing the secret gets past. */
const FEED = /((?:\/|%2f)calendar(?:\/|%2f)feeds(?:\/|%2f))[^?#&\s"'<>\\]+/gi

/**
 * @param text a path, a URL, or text that contains URLs
 * @param hidden what stands in place of the secret
 */
export function withoutSecretPath(text: string, hidden = '(hidden)'): string {
  return text.replace(FEED, `$1${hidden}`)
}
