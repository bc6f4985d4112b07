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
  const sent = new URLSearchParams(encoded)
  // RFC 6749 §3.1: parameters sent without a value are treated as if they were omitted.
  const all = (name: string) => sent.getAll(name).filter(value => value !== '')
  const get = (name: string) => {
    const values = all(name)
    // RFC 6749 §3.1, §3.2: parameters MUST NOT be included more than once.
    if (values.length > 1) throw new OAuthError('invalid_request', `${name} is there more than once; send it once`)
    return checkCharacters(name, values[0])
  }
  return {
    get,
    require(name) {
      const value = get(name)
      if (value === undefined) throw new OAuthError('invalid_request', `${name} is missing`)
      return value
    },
    all: name => all(name).map(value => checkCharacters(name, value)),
    entries: () => [...sent.entries()],
  }
}

/** RFC 6749 §3.1, §3.2: every parameter, also one that this endpoint will not read. @throws OAuthError `invalid_request` */
export function refuseRepeated(parameters: Parameters): void {
  const names = parameters.entries().map(([name]) => name)
  for (const name of new Set(names)) if (name !== MAY_BE_REPEATED) parameters.get(name)
}

// RFC 6749 Appendix A: none of the parameters may hold a control character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/

function checkCharacters<Value extends string | undefined>(name: string, value: Value): Value {
  if (value && CONTROL_CHARACTER.test(value)) {
    throw new OAuthError('invalid_request', `${name} has a character that is not allowed (RFC 6749 Appendix A)`)
  }
  return value
}
