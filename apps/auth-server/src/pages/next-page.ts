/** Where signing in leads without an authorization request: a name that stands in `next`, never an address. */

/** The list of apps, or one of them. */
const DEVELOPER_PAGE = /^developer(\/app_[0-9a-f]{24})?$/

/** @returns a path of ours, whatever `next` is: nobody can make a redirector of it (RFC 9700 §4.11.2) */
export function pathOfNext(next: string): string {
  return isDeveloperPage(next) ? `/${next}` : '/account'
}

export function isDeveloperPage(next: string): boolean {
  return DEVELOPER_PAGE.test(next)
}

/** @param path within `/developer`, as it was asked for. @returns the sign-in page that leads back there */
export function signInFor(path: string): string {
  const next = `developer${/^\/app_[0-9a-f]{24}/.exec(path)?.[0] ?? ''}`
  return `/login?next=${next}`
}
