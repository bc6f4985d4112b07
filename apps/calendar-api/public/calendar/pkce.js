// Random values and the code challenge, with the browser's own cryptography.

/** 32 random bytes as 43 characters: what RFC 7636 §4.1 recommends for a code verifier, and good for `state` too. */
export function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** RFC 7636 §4.2: code_challenge = BASE64URL(SHA256(code_verifier)) */
export async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
