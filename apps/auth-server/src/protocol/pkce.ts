/** Proof Key for Code Exchange (RFC 7636): the client that redeems a code proves that it sent the authorization request. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { OAuthError } from './oauth-error'
import type { Parameters } from './parameters'

/** RFC 7636 §4.2, S256: a SHA-256 hash (32 bytes) in BASE64URL is 43 characters without padding. */
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/

/** RFC 7636 §4.1: 43 to 128 unreserved characters. */
const CODE_VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/

/**
 * RFC 7636 §4.3, §4.4.1: the challenge in an authorization request.
 * @param required whether this client must use PKCE
 * @returns the S256 challenge, or undefined if none was sent
 * @throws OAuthError `invalid_request`
 */
export function readCodeChallenge(parameters: Parameters, required: boolean): string | undefined {
  const codeChallenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (codeChallenge === undefined) {
    if (method !== undefined) throw new OAuthError('invalid_request', 'code_challenge is missing')
    // RFC 7636 §4.4.1
    if (required) throw new OAuthError('invalid_request', 'code_challenge is missing; this client must use PKCE')
    return undefined
  }
  // RFC 7636 §4.3: without a method it means "plain", which RFC 9700 §2.1.1 advises against; only S256 is accepted.
  if (method !== 'S256') {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256; no other method is supported')
  }
  if (!S256_CHALLENGE.test(codeChallenge)) {
    throw new OAuthError('invalid_request', 'code_challenge must be 43 base64url characters without padding')
  }
  return codeChallenge
}

/**
 * RFC 7636 §4.6: compares the verifier of a token request with the challenge that the code was issued for.
 * @param required whether this client must use PKCE: that may have changed after the code was issued
 * @throws OAuthError `invalid_grant`
 */
export function verifyCodeVerifier(
  codeChallenge: string | undefined,
  codeVerifier: string | undefined,
  required: boolean,
): void {
  if (codeChallenge === undefined) {
    if (required) {
      throw new OAuthError(
        'invalid_grant',
        'the authorization request had no code_challenge; this client must use PKCE',
      )
    }
    // RFC 9700 §2.1.1: a verifier for a code that was requested without a challenge indicates a PKCE downgrade.
    if (codeVerifier === undefined) return
    throw new OAuthError('invalid_grant', 'code_verifier was sent, but the authorization request had no code_challenge')
  }
  if (codeVerifier === undefined) {
    throw new OAuthError('invalid_grant', 'code_verifier is missing; the authorization request had a code_challenge')
  }
  if (!CODE_VERIFIER.test(codeVerifier)) {
    throw new OAuthError('invalid_grant', 'code_verifier must be 43 to 128 unreserved characters')
  }
  // §4.6: BASE64URL-ENCODE(SHA256(ASCII(code_verifier))) == code_challenge, character by character.
  const computed = createHash('sha256').update(codeVerifier).digest('base64url')
  if (!timingSafeEqual(Buffer.from(computed), Buffer.from(codeChallenge))) {
    throw new OAuthError(
      'invalid_grant',
      'code_verifier does not match the code_challenge; the code is used up, so get a new one',
    )
  }
}
