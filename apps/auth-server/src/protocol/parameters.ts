/** Request parameters, read by the rules that hold at every endpoint (RFC 6749 §3.1 and §3.2). */
import { OAuthError } from './oauth-error'

/** The parameters of one request, by wire name. Each is there once and has a value, or is not there. */
export interface Parameters {
  get(name: string): string | undefined
  /** @throws OAuthError `invalid_request` that names the parameter */
  require(name: string): string
  /** Every value of the one parameter that may be repeated: `resource` (RFC 8707 §2). */
  all(name: string): string[]
  /** Every parameter as it came, for showing. */
  entries(): [name: string, value: string][]
}

const MAY_BE_REPEATED = 'resource'

/** A request has use for a dozen. Each one more is work for us and none for the sender. */
const MAX_PARAMETERS = 100

/**
 * The query of a request, encoded as it came. Read by hand: an address that is odd in another part (`/authorize//`, or the
 * absolute form of RFC 9112 §3.2.2 with a port that is none) reaches its endpoint too, and `URL` would throw.
 * @param url as Express has it in `request.url`
 */
export function queryText(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}

/**
 * @param encoded `application/x-www-form-urlencoded` text (RFC 6749 Appendix B): a query or a body
 * @throws OAuthError `invalid_request` from `get` and `require` of the result, for a parameter that is repeated or
 *   holds a control character; so an error can still be told where the request asked for it
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
    if (more.length > 0) throw new OAuthError('invalid_request', `${name} is there more than once; send it once`)
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
 * RFC 6749 §3.1, §3.2: no parameter is there more than once, also none that this endpoint does not know. It is not named:
 * its name is the sender's own words. Call it behind what names those that it does know.
 * @throws OAuthError `invalid_request`
 */
export function refuseRepeated(parameters: Parameters): void {
  const sent = parameters.entries().filter(([name, value]) => value !== '' && name !== MAY_BE_REPEATED)
  const names = new Set(sent.map(([name]) => name))
  if (names.size < sent.length) {
    throw new OAuthError('invalid_request', 'a parameter is there more than once; send each of them once')
  }
  if (parameters.entries().length > MAX_PARAMETERS) {
    throw new OAuthError('invalid_request', `there are more than ${MAX_PARAMETERS} parameters`)
  }
}

/** Its parser refuses what is malformed, by a code of its own (RFC 6749 §4.1.2.1, §5.2); so does that of `resource`. */
const PARSED = 'scope'

// RFC 6749 Appendix A: none of the parameters may hold a control character. U+FFFD stands for what was not UTF-8
// (Appendix B): it would go back as something else.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN_CHARACTER = /[\u0000-\u001f\u007f\ufffd]/

function checkCharacters(name: string, value: string | undefined): string | undefined {
  if (value && FORBIDDEN_CHARACTER.test(value) && name !== PARSED) {
    throw new OAuthError('invalid_request', `${name} has a character that is not allowed (RFC 6749 Appendix A)`)
  }
  return value
}
