/**
 * Puts the exchanges of a run in the order of cause: an exchange comes after the one that caused it, and a redirect's target
 * after the redirect. Only where nothing is known of the cause do the clocks decide.
 */
export interface Ordered {
  id: string
  causedBy: string | null
  /** Milliseconds since the epoch. */
  startedAt: number
  /** The request target, and where the answer sends the browser, both as absolute URLs. */
  url: string
  location: string | undefined
}

export interface Placed<T> {
  exchange: T
  /** 0 for what a browser or program sent, 1 for what that caused, and so on. */
  depth: number
  /** The redirect that led here. */
  after: string | undefined
}

export function byCause<T extends Ordered>(exchanges: T[]): Placed<T>[] {
  const byTime = exchanges.toSorted((a, b) => a.startedAt - b.startedAt || a.id.localeCompare(b.id))
  const ids = new Set(byTime.map(({ id }) => id))
  const children = new Map<string, T[]>()
  const roots: T[] = []
  for (const exchange of byTime) {
    const cause = exchange.causedBy
    if (cause !== null && ids.has(cause) && cause !== exchange.id) {
      children.set(cause, [...(children.get(cause) ?? []), exchange])
    } else roots.push(exchange)
  }
  const placed: Placed<T>[] = []
  const seen = new Set<string>()
  const place = (exchange: T, depth: number, after: string | undefined) => {
    if (seen.has(exchange.id)) return
    seen.add(exchange.id)
    placed.push({ exchange, depth, after })
    for (const child of children.get(exchange.id) ?? []) place(child, depth + 1, undefined)
  }
  const redirects = redirectsAmong(roots)
  const visiting = new Set<string>() // redirects may lead in a circle
  for (const root of roots) placeRoot(root)
  for (const rest of byTime) place(rest, 0, undefined) // what causes itself in a circle
  return placed

  function placeRoot(root: T): void {
    if (seen.has(root.id)) return
    const cause = redirects.get(root.id)
    if (cause && !seen.has(cause.id) && !visiting.has(root.id)) {
      visiting.add(root.id)
      placeRoot(cause)
    }
    place(root, 0, cause?.id)
  }
}

/** Between machines, the target of a redirect may seem to start before the redirect. */
const CLOCKS_DIFFER_BY_MS = 2_000

/** @returns for each exchange that a redirect led to, the redirect */
function redirectsAmong<T extends Ordered>(roots: T[]): Map<string, T> {
  const byUrl = new Map<string, T[]>()
  for (const root of roots) {
    const same = byUrl.get(root.url)
    if (same) same.push(root)
    else byUrl.set(root.url, [root])
  }
  const found = new Map<string, T>()
  for (const redirect of roots) {
    if (redirect.location === undefined) continue
    const targets = (byUrl.get(redirect.location) ?? []).filter(({ id }) => id !== redirect.id && !found.has(id))
    const after = targets.find(({ startedAt }) => startedAt >= redirect.startedAt)
    const before = targets.findLast(
      ({ startedAt }) => startedAt < redirect.startedAt && startedAt > redirect.startedAt - CLOCKS_DIFFER_BY_MS,
    )
    const target = after ?? before
    if (target) found.set(target.id, redirect)
  }
  return found
}
