/**
 * Lets everybody who asks at the same time share one look at the store.
 * @returns a function that resolves to what a look found that began after the call, so that nobody is told what was true
 *   before they asked
 */
export function sharedLook<T>(look: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined
  let next: Promise<T> | undefined
  const begin = (): Promise<T> => {
    next = undefined
    current = look().finally(() => {
      current = undefined
    })
    return current
  }
  return () => {
    if (next) return next
    if (!current) return begin()
    // The look under way may have read already what has changed since.
    next = current.then(begin, begin)
    return next
  }
}
