/** How a request without a good token is refused: the error codes and the challenge of RFC 6750 §3. */
import { Problem } from './problem'

/** RFC 6750 §3.1 */
type ErrorCode = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** A request that is turned away with a challenge. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode | undefined,
    /** Which check refused, for the log. */
    readonly check: string,
    /** RFC 6750 §3: printable ASCII without quote and backslash, and nothing that came with the request. */
    readonly description: string,
    readonly attributes: { scope?: string } = {},
  ) {
    super(description)
  }
}

/** The refusal of a request without a token, for the page that shows one. */
export function refusalWithoutToken(metadataUrl: string): Problem {
  return withChallenge(noToken(), metadataUrl)
}

export function noToken(): Refusal {
  return new Refusal(401, undefined, 'bearer.missing', 'Send an access token in the Authorization header.')
}

export function invalidRequest(check: string, description: string): Refusal {
  return new Refusal(400, 'invalid_request', check, description)
}

export function invalidToken(check: string, why: string): Refusal {
  return new Refusal(401, 'invalid_token', check, `The access token is not accepted. ${why}`)
}

/** RFC 6750 §3: the challenge. RFC 9728 §5.1 adds `resource_metadata`. */
export function withChallenge(refusal: Refusal, metadataUrl: string): Problem {
  const { status, code, check, description, attributes } = refusal
  const parameters = {
    ...(code && { error: code, error_description: description }),
    ...attributes,
    resource_metadata: metadataUrl,
  }
  const challenge = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  return new Problem(status, description, { check, headers: { 'WWW-Authenticate': `Bearer ${challenge.join(', ')}` } })
}
