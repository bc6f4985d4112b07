/** Request parameters, read by the rules that apply to every endpoint (RFC 6749 §3.1 and §3.2). */
import { OAuthError } from './oauth-error'

/** The parameters of one request, by wire name. Each is present once with a value, or absent. */
export interface Parameters {
  get(name: string): string | undefined
  /** @throws OAuthError `invalid_request` that names the parameter */
  require(name: string): string
  /** Every value of `resource`, the only parameter that may be repeated (RFC 8707 §2). */
  all(name: string): string[]
  /** Every parameter as received, for display. */
  entries(): [name: string, value: string][]
}

const MAY_BE_REPEATED = 'resource'

/** A request needs a dozen at most. Each further parameter costs the server more than the sender. */
const MAX_PARAMETERS = 100

/**
 * The query of a request, still encoded. Not parsed with `URL`, which throws for addresses that are odd elsewhere but still
 * reach their endpoint (`/authorize//`, or the absolute form of RFC 9112 §3.2.2 with an invalid port).
 * @param url Express's `request.url`
 */
export function queryText(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}

/**
 * @param encoded `application/x-www-form-urlencoded` text (RFC 6749 Appendix B): a query or a body
 * @returns parameters whose `get` and `require` throw an OAuthError `invalid_request` for a parameter that is repeated or
 *   contains a control character. Reading one does not fail early, so the error can still be sent where the request asked
 */
export function readParameters(encoded: string): Parameters {
  const sent = [...new URLSearchParams(encoded)]
  const byName = new Map<string, string[]>()
  for (const [name, value] of sent) {
    // RFC 6749 §3.1: parameters sent without a value are treated as if they were omitted.
    if (value === '') continue
    const before = byName.get(name)
    if (before) before.push(value)
    else byName.set(name, [value])
  }
  const get = (name: string) => {
    const [value, ...more] = byName.get(name) ?? []
    // RFC 6749 §3.1, §3.2: parameters MUST NOT be included more than once.
    if (more.length > 0) throw new OAuthError('invalid_request', `${name} was sent more than once; send it once`)
    return checkCharacters(name, value)
  }
  return {
    get,
    require(name) {
      const value = get(name)
      if (value === undefined) throw new OAuthError('invalid_request', `${name} is missing`)
      return value
    },
    all: name => byName.get(name) ?? [],
    entries: () => sent,
  }
}

/**
 * RFC 6749 §3.1, §3.2: no parameter may be sent more than once, not even one that this endpoint does not know. The error
 * does not name the parameter, because the name is the sender's own text. Call it after reading the known parameters, whose
 * errors do name them.
 * @throws OAuthError `invalid_request`
 */
export function refuseRepeated(parameters: Parameters): void {
  const sent = parameters.entries().filter(([name, value]) => value !== '' && name !== MAY_BE_REPEATED)
  const names = new Set(sent.map(([name]) => name))
  if (names.size < sent.length) {
    throw new OAuthError('invalid_request', 'a parameter was sent more than once; send each parameter once')
  }
  if (parameters.entries().length > MAX_PARAMETERS) {
    throw new OAuthError('invalid_request', `the request has more than ${MAX_PARAMETERS} parameters`)
  }
}

/** Its own parser refuses a malformed value with its own error code (RFC 6749 §4.1.2.1, §5.2), as `resource`'s does. */
const PARSED = 'scope'

// RFC 6749 Appendix A: no parameter may contain a control character. U+FFFD replaces bytes that were not UTF-8
// (Appendix B), so the value would be sent back changed.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const FORBIDDEN_CHARACTER = /[\u0000-\u001f\u007f\ufffd]/

function checkCharacters(name: string, value: string | undefined): string | undefined {
  if (value && FORBIDDEN_CHARACTER.test(value) && name !== PARSED) {
    throw new OAuthError('invalid_request', `${name} has a character that is not allowed (RFC 6749 Appendix A)`)
  }
  return value
}
