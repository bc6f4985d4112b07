/** Parses JSON that a client sent. */

/** Nothing that a specification defines is nested as deeply. RFC 8259 §9: an implementation may set a limit. */
export const DEEPEST_JSON = 100

/** The text is nested more deeply than `DEEPEST_JSON`. */
export class NestedTooDeeply extends Error {}

/**
 * `JSON.parse` reads any depth, but what handles the value afterwards calls itself for each level: `JSON.stringify` and most
 * libraries then fail for want of stack.
 * @throws SyntaxError, NestedTooDeeply
 */
export function parseJson(text: string): unknown {
  if (isDeeper(text)) throw new NestedTooDeeply(`nested more than ${DEEPEST_JSON} levels deep`)
  return JSON.parse(text)
}

function isDeeper(text: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') inString = !inString
    else if (inString) at += character === '\\' ? 1 : 0
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (depth > DEEPEST_JSON) return true
  }
  return false
}
