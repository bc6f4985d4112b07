/** What each parameter, header and claim is for: one plain line, and the section that defines it. */
import { rfc, type SpecReference } from './spec'

export interface Explanation {
  meaning: string
  spec?: SpecReference
}

/** What kind of message a parameter is met in: the same name can mean another thing elsewhere. */
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
    meaning: 'What the client wants back through the browser: “code”, to be exchanged for a token later.',
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
        meaning: 'Which app is redeeming the code. It has to be the one the code was issued to.',
        spec: rfc(6749, '4.1.3'),
      },
    },
  },
  redirect_uri: {
    meaning: 'Where the browser is to be sent with the answer. Only an address that was registered beforehand will do.',
    spec: rfc(6749, '3.1.2'),
    when: {
      'token request': {
        meaning:
          'The same address as in the authorization request, to the letter: a code sent elsewhere is worth nothing.',
        spec: rfc(6749, '4.1.3'),
      },
    },
  },
  scope: {
    meaning: 'How much access is wanted, value by value. A person may grant less.',
    spec: rfc(6749, '3.3'),
    when: {
      'token response': {
        meaning: 'How much access was granted in the end: it may be less than was asked for.',
        spec: rfc(6749, '5.1'),
      },
      'refresh request': { meaning: 'The same access as before, or less; never more.', spec: rfc(6749, '6') },
      'API response': { meaning: 'What the token would have to allow for this request.', spec: rfc(6750, '3') },
    },
  },
  state: {
    meaning:
      'A random value of the client’s that has to come back unchanged, so that nobody can slip it a foreign answer.',
    spec: rfc(6749, '10.12'),
    when: {
      'authorization response': {
        meaning: 'Back, unchanged. The client compares it with the one it keeps for this browser.',
        spec: rfc(6749, '4.1.2'),
      },
    },
  },
  code_challenge: {
    meaning: 'The hash of a secret that the client keeps. Only who knows the secret can redeem the code (PKCE).',
    spec: rfc(7636, '4.3'),
  },
  code_challenge_method: { meaning: 'How that hash was made: S256 is SHA-256.', spec: rfc(7636, '4.3') },
  prompt: {
    meaning: 'Whether to ask again: “login”, “consent”, or “none” to show no page at all.',
    spec: OIDC_PROMPT,
  },
  resource: { meaning: 'Which API the token is to be good for.', spec: rfc(8707, '2') },
  code: {
    meaning: 'The authorization code: works once, for a minute at most, and only for the client it was issued to.',
    spec: rfc(6749, '4.1.2'),
    when: {
      'token request': {
        meaning: 'The authorization code that came back through the browser, handed in for a token. Works once.',
        spec: rfc(6749, '4.1.3'),
      },
    },
  },
  iss: {
    meaning: 'Which authorization server answers, so that a client of several never mixes them up.',
    spec: rfc(9207, '2'),
  },
  error: {
    meaning: 'Why not, in one word from a fixed list that a program can act on.',
    spec: rfc(6749, '5.2'),
    when: {
      'authorization response': {
        meaning: 'Why there is no code, in one word from a fixed list that a program can act on.',
        spec: rfc(6749, '4.1.2.1'),
      },
    },
  },
  error_description: {
    meaning: 'Why not, in a sentence for the developer who reads it.',
    spec: rfc(6749, '5.2'),
    when: {
      'authorization response': {
        meaning: 'Why there is no code, in a sentence for the developer who reads it.',
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
    meaning: 'What is handed in for a token.',
    spec: rfc(6749, '1.3'),
    when: {
      'token request': { meaning: 'What is handed in for a token: an authorization code.', spec: rfc(6749, '4.1.3') },
      'refresh request': { meaning: 'What is handed in for a token: a refresh token.', spec: rfc(6749, '6') },
    },
  },
  code_verifier: {
    meaning: 'The secret behind code_challenge. Its hash has to match (PKCE).',
    spec: rfc(7636, '4.5'),
  },
  client_secret: {
    meaning: 'The client’s password at the authorization server. Never leaves the client’s own server otherwise.',
    spec: rfc(6749, '2.3.1'),
  },
  refresh_token: {
    meaning: 'Gets the next access token without asking the person again.',
    spec: rfc(6749, '1.5'),
    when: {
      'token response': {
        meaning: 'For later: gets the next access token without asking the person again. Replaced at every use.',
        spec: rfc(6749, '5.1'),
      },
      'refresh request': { meaning: 'Handed in for a new access token; the answer replaces it.', spec: rfc(6749, '6') },
    },
  },
  access_token: {
    meaning: 'The key to the API: whoever holds it may do what its scope says, until it expires.',
    spec: rfc(6749, '1.4'),
    when: {
      'token response': {
        meaning: 'The key to the API: whoever holds it may do what its scope says, until it expires.',
        spec: rfc(6749, '5.1'),
      },
    },
  },
  token_type: { meaning: 'How the access token is to be shown: as a bearer token.', spec: rfc(6749, '7.1') },
  expires_in: { meaning: 'For how many seconds the access token works.', spec: rfc(6749, '5.1') },
  token: { meaning: 'The token that is to stop working.', spec: rfc(7009, '2.1') },
  token_type_hint: { meaning: 'Which kind of token it is, to find it sooner. Only a hint.', spec: rfc(7009, '2.1') },
  client_name: { meaning: 'What people are told the app is called.', spec: rfc(7591, '2') },
  redirect_uris: {
    meaning: 'Where answers to the app may be sent. What is not in this list is never sent to.',
    spec: rfc(7591, '2'),
  },
  token_endpoint_auth_method: {
    meaning: 'How the app proves who it is when it redeems a code: with a secret, or (“none”) not at all.',
    spec: rfc(7591, '2'),
  },
  require_pkce: {
    meaning: 'Whether every request of the app has to use PKCE. A member of our own, which a registration may have.',
    spec: rfc(7591, '2'),
  },
  username: {
    meaning: 'Who signs in. How is the authorization server’s own affair: OAuth leaves it open.',
    spec: rfc(6749, '3.1'),
  },
  password: {
    meaning: 'Known to you and the authorization server. That the client never sees it is what OAuth is for.',
    spec: rfc(6749, '1'),
  },
  decision: { meaning: 'Your answer to the consent question: “allow” or “deny”.', spec: rfc(6749, '4.1') },
  _csrf: {
    meaning: 'The hidden field that proves this form came from our own page, in your browser.',
    spec: rfc(6749, '10.12'),
  },
  request: {
    meaning:
      'The number under which this server keeps the authorization request while you sign in and decide. Ours, not OAuth’s.',
    spec: rfc(6749, '4.1'),
  },
}

/** Headers, by lower-case name. Only those named here are ever shown. */
export const HEADERS: Explanations = {
  host: { meaning: 'Which server is meant: several may listen at one address.', spec: rfc(9110, '7.2') },
  authorization: { meaning: 'Who is asking, and the proof of it.', spec: rfc(9110, '11.6.2') },
  cookie: {
    meaning: 'The browser’s session with this very server. No other party ever sees what is behind it.',
    spec: rfc(6265, '4.2'),
  },
  'set-cookie': {
    meaning: 'Asks the browser to keep this for its next request to the same host.',
    spec: rfc(6265, '4.1'),
  },
  'content-type': {
    meaning: 'How the body is written.',
    spec: rfc(9110, '8.3'),
    when: {
      'token request': { meaning: 'The token endpoint takes a form, never JSON.', spec: rfc(6749, '4.1.3') },
      'refresh request': { meaning: 'The token endpoint takes a form, never JSON.', spec: rfc(6749, '6') },
      'token response': { meaning: 'The token endpoint answers in JSON.', spec: rfc(6749, '5.1') },
    },
  },
  accept: { meaning: 'Which kind of answer the sender can read.', spec: rfc(9110, '12.5.1') },
  'cache-control': {
    meaning: 'Whether anyone on the way may keep a copy.',
    spec: rfc(9111, '5.2'),
    when: { 'token response': { meaning: 'Nobody on the way may keep a copy of a token.', spec: rfc(6749, '5.1') } },
  },
  location: {
    meaning: 'Where to go next.',
    spec: rfc(9110, '10.2.2'),
    when: {
      'authorization request': {
        meaning: 'The browser carries the client’s request to the authorization server: the two have not spoken yet.',
        spec: rfc(6749, '4.1.1'),
      },
      'authorization response': {
        meaning: 'The browser carries the answer to the client, in the address.',
        spec: rfc(6749, '4.1.2'),
      },
    },
  },
  'www-authenticate': {
    meaning: 'What kind of proof is missing or was refused, and where to get it.',
    spec: rfc(6750, '3'),
    when: {
      'token response': { meaning: 'How a client can prove who it is here.', spec: rfc(6749, '5.2') },
    },
  },
  etag: { meaning: 'The version of what is in the body.', spec: rfc(9110, '8.8.3') },
  'if-match': { meaning: 'Change it only if it is still the version I know.', spec: rfc(9110, '13.1.1') },
  'if-none-match': { meaning: 'Send it only if it is not the version I have.', spec: rfc(9110, '13.1.2') },
  'retry-after': { meaning: 'How many seconds to wait before the next attempt.', spec: rfc(9110, '10.2.3') },
  origin: { meaning: 'The site whose page made the browser send this.', spec: rfc(6454, '7') },
  referer: { meaning: 'The page that the browser came from.', spec: rfc(9110, '10.1.3') },
}

const BEARER: Explanation = {
  meaning: 'The access token. Whoever bears it is let in, so it travels in this header and nowhere else.',
  spec: rfc(6750, '2.1'),
}

const BASIC: Explanation = {
  meaning: 'The client’s id and secret, in Base64: how it proves who it is.',
  spec: rfc(6749, '2.3.1'),
}

/** The members of a JWT access token: its header (RFC 7515) and its claims (RFC 9068). */
export const JWT_MEMBERS: Record<string, Explanation> = {
  typ: { meaning: 'What this is: an access token, and no other kind of JWT.', spec: rfc(9068, '2.1') },
  alg: { meaning: 'How it is signed.', spec: rfc(7515, '4.1.1') },
  kid: {
    meaning: 'Which of the authorization server’s published keys checks the signature.',
    spec: rfc(7515, '4.1.4'),
  },
  iss: { meaning: 'Who issued it.', spec: rfc(9068, '2.2') },
  sub: { meaning: 'On whose behalf: the person’s identifier.', spec: rfc(9068, '2.2') },
  aud: { meaning: 'Which API it is good for. Any other has to refuse it.', spec: rfc(9068, '2.2') },
  exp: { meaning: 'Until when it works.', spec: rfc(9068, '2.2') },
  iat: { meaning: 'When it was issued.', spec: rfc(9068, '2.2') },
  nbf: { meaning: 'From when on it works.', spec: rfc(7519, '4.1.5') },
  jti: { meaning: 'A name of its own, by which it can be withdrawn before it expires.', spec: rfc(9068, '2.2') },
  client_id: { meaning: 'Which app it was issued to.', spec: rfc(9068, '2.2') },
  scope: { meaning: 'What its bearer may do.', spec: rfc(9068, '2.2.3') },
}

/** A parameter's explanation, or undefined for one that is not of OAuth. */
export function explainParameter(name: string, kind: MessageKind): Explanation | undefined {
  return pick(PARAMETERS, name, kind)
}

/** A header's explanation. @param value as it was sent: `Authorization` means another thing with another scheme */
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
