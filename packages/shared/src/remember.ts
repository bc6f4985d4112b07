/** Remembers the answers of a function whose answers cannot change. */

/**
 * @param limit how many answers are remembered, because the questions may come from users; the oldest is forgotten first
 * @param answer called once for each question that is not remembered. What it throws is not remembered
 * @returns the same function, quicker for a question that it has answered before
 */
export function remember<Question extends string | number, Answer>(
  limit: number,
  answer: (question: Question) => Answer,
): (question: Question) => Answer {
  const known = new Map<Question, Answer>()
  return question => {
    const before = known.get(question)
    if (before !== undefined || known.has(question)) return before as Answer
    const given = answer(question)
    known.set(question, given)
    const [oldest] = known.keys()
    if (known.size > limit && oldest !== undefined) known.delete(oldest)
    return given
  }
}

/**
 * @param answer called once for each object, which must not change afterwards
 * @returns the same function. It keeps no object alive
 */
export function rememberOf<Thing extends object, Answer extends object>(
  answer: (thing: Thing) => Answer,
): (thing: Thing) => Answer {
  const known = new WeakMap<Thing, Answer>()
  return thing => {
    const before = known.get(thing)
    if (before) return before
    const given = answer(thing)
    known.set(thing, given)
    return given
  }
}
