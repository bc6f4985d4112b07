/** Where signing in leads without an authorization request: `next` names a page, and is never used as an address. */

/** The list of apps, or one of them. */
const DEVELOPER_PAGE = /^developer(\/app_[0-9a-f]{24})?$/

/** @returns a path on this server, whatever `next` is, so that it is not an open redirector (RFC 9700 §4.11.2) */
export function pathOfNext(next: string): string {
  return isDeveloperPage(next) ? `/${next}` : '/account'
}

export function isDeveloperPage(next: string): boolean {
  return DEVELOPER_PAGE.test(next)
}

/** @param path of the request, within `/developer`. @returns the address of a sign-in page that leads back there */
export function signInFor(path: string): string {
  const next = `developer${/^\/app_[0-9a-f]{24}/.exec(path)?.[0] ?? ''}`
  return `/login?next=${next}`
}
