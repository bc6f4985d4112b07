/** What each parameter, header and claim is for: one plain sentence, and the section that defines it. */
import { rfc, type SpecReference } from './spec'

export interface Explanation {
  meaning: string
  spec?: SpecReference
}

/** The kind of message that carries a parameter. The same name can mean different things in different messages. */
export type MessageKind =
  | 'authorization request'
  | 'authorization response'
  | 'token request'
  | 'token response'
  | 'refresh request'
  | 'revocation request'
  | 'API request'
  | 'API response'
  | 'other'

type Explanations = Record<string, Explanation & { when?: Partial<Record<MessageKind, Explanation>> }>

const OIDC_PROMPT = {
  label: 'OpenID Connect Core §3.1.2.1',
  href: 'https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest',
}

export const PARAMETERS: Explanations = {
  response_type: {
    meaning:
      'What the client wants back through the browser: “code” asks for a code, which it later exchanges for a token.',
    spec: rfc(6749, '4.1.1'),
  },
  client_id: {
    meaning: 'Which app is asking: the public name it was registered under.',
    spec: rfc(6749, '2.2'),
    when: {
      'authorization request': {
        meaning: 'Which app is asking: the public name it was registered under.',
        spec: rfc(6749, '4.1.1'),
      },
      'token request': {
        meaning: 'Which app is redeeming the code. Only the app that the code was issued to can redeem it.',
        spec: rfc(6749, '4.1.3'),
      },
    },
  },
  redirect_uri: {
    meaning: 'Where to send the browser with the answer. The app must have registered this address beforehand.',
    spec: rfc(6749, '3.1.2'),
    when: {
      'token request': {
        meaning:
          'The same address as in the authorization request, character for character. With any other address the code is refused.',
        spec: rfc(6749, '4.1.3'),
      },
    },
  },
  scope: {
    meaning: 'How much access the app asks for. Each word is one permission, and the user may grant fewer.',
    spec: rfc(6749, '3.3'),
    when: {
      'token response': {
        meaning: 'How much access was granted. It can be less than the app asked for.',
        spec: rfc(6749, '5.1'),
      },
      'refresh request': { meaning: 'The same access as before or less, but never more.', spec: rfc(6749, '6') },
      'API response': { meaning: 'The scope that a token needs for this request.', spec: rfc(6750, '3') },
    },
  },
  state: {
    meaning:
      'A random value that comes back with the answer, so that the app can tell its own answer from one that an attacker planted.',
    spec: rfc(6749, '10.12'),
    when: {
      'authorization response': {
        meaning:
          'The value from the authorization request. The client accepts it only from the browser it was given to, and only once.',
        spec: rfc(6749, '4.1.2'),
      },
    },
  },
  code_challenge: {
    meaning:
      'The hash of the code verifier, a random value that only this app knows. So a stolen code is useless to anyone else (PKCE).',
    spec: rfc(7636, '4.3'),
  },
  code_challenge_method: { meaning: 'How the hash was made: S256 means SHA-256.', spec: rfc(7636, '4.3') },
  prompt: {
    meaning:
      'Whether to ask the user again: “login” asks for the password, “consent” for permission, “none” shows no page at all.',
    spec: OIDC_PROMPT,
  },
  resource: { meaning: 'Which API the token is for.', spec: rfc(8707, '2') },
  code: {
    meaning: 'The authorization code. It works once, for a short time, and only for the client it was issued to.',
    spec: rfc(6749, '4.1.2'),
    when: {
      'token request': {
        meaning:
          'The authorization code that came back through the browser. The client exchanges it for a token; it works once.',
        spec: rfc(6749, '4.1.3'),
      },
    },
  },
  iss: {
    meaning: 'Which authorization server is answering, so that an app that uses several servers can tell them apart.',
    spec: rfc(9207, '2'),
  },
  error: {
    meaning: 'The reason for the refusal: one word from a fixed list, so that a program can act on it.',
    spec: rfc(6749, '5.2'),
    when: {
      'authorization response': {
        meaning: 'Why no code was issued: one word from a fixed list, so that a program can act on it.',
        spec: rfc(6749, '4.1.2.1'),
      },
    },
  },
  error_description: {
    meaning: 'The reason for the refusal, in a sentence for the developer.',
    spec: rfc(6749, '5.2'),
    when: {
      'authorization response': {
        meaning: 'Why no code was issued, in a sentence for the developer.',
        spec: rfc(6749, '4.1.2.1'),
      },
    },
  },
  error_uri: {
    meaning: 'A page that says more about the error.',
    spec: rfc(6749, '5.2'),
    when: {
      'authorization response': { meaning: 'A page that says more about the error.', spec: rfc(6749, '4.1.2.1') },
    },
  },
  grant_type: {
    meaning: 'What the client exchanges for a token.',
    spec: rfc(6749, '1.3'),
    when: {
      'token request': {
        meaning: 'What the client exchanges for a token: here, an authorization code.',
        spec: rfc(6749, '4.1.3'),
      },
      'refresh request': {
        meaning: 'What the client exchanges for a token: here, a refresh token.',
        spec: rfc(6749, '6'),
      },
    },
  },
  code_verifier: {
    meaning:
      'The random value whose hash is code_challenge. The server hashes it and compares the result with the challenge (PKCE).',
    spec: rfc(7636, '4.5'),
  },
  client_secret: {
    meaning: 'The client’s password at the authorization server. The client sends it nowhere else.',
    spec: rfc(6749, '2.3.1'),
  },
  refresh_token: {
    meaning: 'Lets the client get the next access token without asking the user again.',
    spec: rfc(6749, '1.5'),
    when: {
      'token response': {
        meaning:
          'Lets the client get the next access token later, without asking the user again. Each use replaces it with a new one.',
        spec: rfc(6749, '5.1'),
      },
      'refresh request': {
        meaning: 'Exchanged for a new access token. The response contains a new refresh token that replaces this one.',
        spec: rfc(6749, '6'),
      },
    },
  },
  access_token: {
    meaning: 'The key to the API. Anyone who holds it can do what its scope allows, until it expires.',
    spec: rfc(6749, '1.4'),
    when: {
      'token response': {
        meaning: 'The key to the API. Anyone who holds it can do what its scope allows, until it expires.',
        spec: rfc(6749, '5.1'),
      },
    },
  },
  token_type: { meaning: 'How to present the access token: as a bearer token.', spec: rfc(6749, '7.1') },
  expires_in: { meaning: 'How long the access token works, in seconds.', spec: rfc(6749, '5.1') },
  token: { meaning: 'The token to revoke.', spec: rfc(7009, '2.1') },
  token_type_hint: {
    meaning: 'Which kind of token this is. It is only a hint that helps the server to find the token faster.',
    spec: rfc(7009, '2.1'),
  },
  client_name: { meaning: 'The app’s name, as users see it.', spec: rfc(7591, '2') },
  redirect_uris: {
    meaning: 'The addresses that answers to the app may be sent to. Any other address is refused.',
    spec: rfc(7591, '2'),
  },
  token_endpoint_auth_method: {
    meaning: 'How the app authenticates at the token endpoint: with a secret, or with “none” not at all.',
    spec: rfc(7591, '2'),
  },
  require_pkce: {
    meaning: 'A Glasshouse extension: whether the app has to use PKCE in every request.',
    spec: rfc(7591, '2'),
  },
  username: {
    meaning: 'Who is signing in. OAuth does not prescribe how users sign in.',
    spec: rfc(6749, '3.1'),
  },
  password: {
    meaning:
      'Your password, which only you and the authorization server know. OAuth exists so that the client never sees it.',
    spec: rfc(6749, '1'),
  },
  decision: { meaning: 'Your answer on the consent page: “allow” or “deny”.', spec: rfc(6749, '4.1') },
  _csrf: {
    meaning: 'A hidden field which proves that this form came from our own page, in your browser.',
    spec: rfc(6749, '10.12'),
  },
  request: {
    meaning:
      'The id of the authorization request, which this server stores while you sign in and decide. OAuth does not define it.',
    spec: rfc(6749, '4.1'),
  },
}

/** Headers, by lower-case name. Pages show only the headers listed here. */
export const HEADERS: Explanations = {
  host: { meaning: 'Which site the request is for.', spec: rfc(9110, '7.2') },
  authorization: { meaning: 'Who is sending the request, with proof.', spec: rfc(9110, '11.6.2') },
  cookie: {
    meaning:
      'All cookies of this host. Services on one host, such as localhost, see each other’s; on hosts of their own they would not.',
    spec: rfc(6265, '4.2'),
  },
  'set-cookie': {
    meaning: 'Asks the browser to store this and to send it with later requests to the same host.',
    spec: rfc(6265, '4.1'),
  },
  'content-type': {
    meaning: 'The format of the body.',
    spec: rfc(9110, '8.3'),
    when: {
      'token request': { meaning: 'Requests to the token endpoint are forms, not JSON.', spec: rfc(6749, '4.1.3') },
      'refresh request': { meaning: 'Requests to the token endpoint are forms, not JSON.', spec: rfc(6749, '6') },
      'token response': { meaning: 'The token endpoint answers in JSON.', spec: rfc(6749, '5.1') },
    },
  },
  accept: { meaning: 'Which formats the sender can read.', spec: rfc(9110, '12.5.1') },
  'cache-control': {
    meaning: 'Whether browsers and proxies may keep a copy.',
    spec: rfc(9111, '5.2'),
    when: { 'token response': { meaning: 'No browser or proxy may keep a copy of a token.', spec: rfc(6749, '5.1') } },
  },
  location: {
    meaning: 'The address that the browser goes to next.',
    spec: rfc(9110, '10.2.2'),
    when: {
      'authorization request': {
        meaning:
          'The browser carries the client’s request to the authorization server. The two have not contacted each other directly so far.',
        spec: rfc(6749, '4.1.1'),
      },
      'authorization response': {
        meaning: 'The browser carries the answer back to the client, inside this address.',
        spec: rfc(6749, '4.1.2'),
      },
      'API response': { meaning: 'The address of what was just created.', spec: rfc(9110, '10.2.2') },
    },
  },
  'www-authenticate': {
    meaning: 'Which kind of credentials are missing or were refused, and where to find out how to get them.',
    spec: rfc(6750, '3'),
    when: {
      'token response': { meaning: 'How a client can authenticate here.', spec: rfc(6749, '5.2') },
    },
  },
  etag: { meaning: 'The version of the resource in the body.', spec: rfc(9110, '8.8.3') },
  'if-match': { meaning: 'Make the change only if the resource is still at this version.', spec: rfc(9110, '13.1.1') },
  'if-none-match': { meaning: 'Send the resource only if its version is not this one.', spec: rfc(9110, '13.1.2') },
  'retry-after': { meaning: 'How many seconds to wait before trying again.', spec: rfc(9110, '10.2.3') },
  origin: {
    meaning:
      'The site whose page sent this request. “null”: the page keeps its address to itself (Referrer-Policy), as pages here do.',
    spec: rfc(6454, '7'),
  },
  referer: { meaning: 'The page that the user came from.', spec: rfc(9110, '10.1.3') },
}

const BEARER: Explanation = {
  meaning: 'The access token. Anyone who presents it is let in, so it is sent in this header and nowhere else.',
  spec: rfc(6750, '2.1'),
}

const BASIC: Explanation = {
  meaning: 'The client’s id and secret, encoded in Base64. They prove which client is asking.',
  spec: rfc(6749, '2.3.1'),
}

/** The members of a JWT access token: its header (RFC 7515) and its claims (RFC 9068). */
export const JWT_MEMBERS: Record<string, Explanation> = {
  typ: { meaning: 'The type: an access token, not any other kind of JWT.', spec: rfc(9068, '2.1') },
  alg: { meaning: 'The signing algorithm.', spec: rfc(7515, '4.1.1') },
  kid: {
    meaning: 'Which of the authorization server’s public keys verifies the signature.',
    spec: rfc(7515, '4.1.4'),
  },
  iss: { meaning: 'The authorization server that issued it.', spec: rfc(9068, '2.2') },
  sub: { meaning: 'The user on whose behalf the app acts, as an identifier.', spec: rfc(9068, '2.2') },
  aud: { meaning: 'Which API it is for. Every other API must refuse it.', spec: rfc(9068, '2.2') },
  exp: { meaning: 'When it expires.', spec: rfc(9068, '2.2') },
  iat: { meaning: 'When it was issued.', spec: rfc(9068, '2.2') },
  nbf: { meaning: 'When it starts to work.', spec: rfc(7519, '4.1.5') },
  jti: {
    meaning: 'The token’s own id, which makes it possible to revoke this token before it expires.',
    spec: rfc(9068, '2.2'),
  },
  client_id: { meaning: 'Which app it was issued to.', spec: rfc(9068, '2.2') },
  scope: { meaning: 'What the app may do with it.', spec: rfc(9068, '2.2.3') },
}

/** A parameter's explanation, or undefined if OAuth does not define the parameter. */
export function explainParameter(name: string, kind: MessageKind): Explanation | undefined {
  return pick(PARAMETERS, name, kind)
}

/** A header's explanation. @param value as sent: the meaning of `Authorization` depends on its scheme */
export function explainHeader(name: string, value: string, kind: MessageKind): Explanation | undefined {
  if (name === 'authorization' && /^bearer\b/i.test(value)) return BEARER
  if (name === 'authorization' && /^basic\b/i.test(value)) return BASIC
  return pick(HEADERS, name, kind)
}

function pick(table: Explanations, name: string, kind: MessageKind): Explanation | undefined {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined
  const { meaning, spec } = entry?.when?.[kind] ?? entry ?? {}
  return meaning ? { meaning, ...(spec && { spec }) } : undefined
}
