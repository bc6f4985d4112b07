/** Checks what a client sent against a schema, and says what is wrong with it. */
import type { z } from 'zod'
import { invalid, type Place } from '../problem'

/**
 * @param placeOf where in the request a member is; otherwise in the body
 * @returns the value as the schema describes it, without members that it does not know
 * @throws Problem 400 that names the first invalid member
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, placeOf: (path: PropertyKey[]) => Place = inBody): T {
  const result = schema.safeParse(value, { error: whatIsWrong })
  if (result.success) return result.data
  const [issue] = result.error.issues as [z.core.$ZodIssue]
  // The name of a member is checked too.
  const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message
  throw invalid(placeOf(issue.path), message ?? 'is not valid')
}

/** As a JSON Pointer in a URI fragment (RFC 6901 §6) */
function inBody(path: PropertyKey[]): Place {
  const names = path.map(name => encodeURIComponent(String(name).replaceAll('~', '~0').replaceAll('/', '~1')))
  return { pointer: `#/${names.join('/')}` }
}

const KINDS: Record<string, string> = {
  string: 'must be text',
  boolean: 'must be true or false',
  array: 'must be a list',
  int: 'must be a whole number',
  number: 'must be a whole number',
}

/** For an issue whose schema has no text of its own. */
function whatIsWrong(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : (KINDS[issue.expected] ?? 'must be an object')
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`
  if (issue.code === 'too_big') {
    if (issue.origin === 'string') return `must not be longer than ${issue.maximum} characters`
    if (issue.origin === 'array') return `must not have more than ${issue.maximum} entries`
    return `must not be more than ${issue.maximum}`
  }
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'is empty' : `must not be less than ${issue.minimum}`
  return 'is not valid'
}
