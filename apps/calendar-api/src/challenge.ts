/** How a request without a good token is refused: the error codes and the challenge of RFC 6750 §3. */
import { Problem } from './problem'

/** RFC 6750 §3.1 */
type ErrorCode = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** A refusal with a challenge. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode | undefined,
    /** The name of the failed check, for the log. */
    readonly check: string,
    /** RFC 6750 §3: printable ASCII without quotes and backslashes. It contains nothing from the request. */
    readonly description: string,
    readonly attributes: { scope?: string } = {},
  ) {
    super(description)
  }
}

/** The answer to a request without a token, for the home page, which shows it. */
export function refusalWithoutToken(metadataUrl: string): Problem {
  return withChallenge(noToken(), metadataUrl)
}

export function noToken(): Refusal {
  return new Refusal(
    401,
    undefined,
    'bearer.missing',
    'There is no access token. Send one in the Authorization header.',
  )
}

export function invalidRequest(check: string, description: string): Refusal {
  return new Refusal(400, 'invalid_request', check, description)
}

export function invalidToken(check: string, why: string): Refusal {
  return new Refusal(401, 'invalid_token', check, `The access token was rejected. ${why}`)
}

/**
 * Adds the challenge of RFC 6750 §3, with the `resource_metadata` of RFC 9728 §5.1.
 * @param suggestedScope for a 401: the scope that a client should ask for
 */
export function withChallenge(refusal: Refusal, metadataUrl: string, suggestedScope?: string): Problem {
  const { status, code, check, description, attributes } = refusal
  const parameters = {
    ...(code && { error: code, error_description: description }),
    ...(status === 401 && suggestedScope && { scope: suggestedScope }),
    ...attributes,
    resource_metadata: metadataUrl,
  }
  const challenge = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  return new Problem(status, description, { check, headers: { 'WWW-Authenticate': `Bearer ${challenge.join(', ')}` } })
}
