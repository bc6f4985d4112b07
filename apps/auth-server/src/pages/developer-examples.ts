/** The seven steps by hand: what a developer can paste into a browser and a shell. */
import { createHash, createHmac } from 'node:crypto'
import { deriveKey } from '@glasshouse/shared/seal'
import type { Config } from '../config'
import type { Client } from '../protocol/client'
import { isPrivateUse } from '../protocol/redirect-uri'
import { formatScope } from '../protocol/scope'

export interface Example {
  title: string
  hint: string
  text: string
  /** Whether it is an address, which a browser can open. */
  opens: boolean
}

/**
 * @param page `secret`: `undefined` when it is not shown, so that the reader has to fill it in
 * @returns the authorization request, and commands for steps 4 to 7, with a PKCE pair (RFC 7636). They are made for one
 * terminal, from top to bottom: each takes what it needs from the answer before, and only the address has to be pasted,
 * because the code in it is good for a minute
 */
export function exampleRequests(
  config: Config,
  client: Client,
  page: { sessionId: string; secret: string | undefined },
): Example[] {
  const { issuer, addresses } = config
  const redirectUri = client.redirectUris[0] ?? ''
  const codeVerifier = random(config, page.sessionId, client.id, 'code_verifier')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: formatScope(client.scope),
    state: random(config, page.sessionId, client.id, 'state').slice(0, 12),
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const isConfidential = client.type === 'confidential'
  const credentials = [
    `-d client_id=${client.id}`,
    ...(isConfidential ? ['--data-urlencode "client_secret=$CLIENT_SECRET"'] : []),
  ]
  const token = (parameters: string[]) => curl(`${issuer}/token`, [...parameters, ...credentials])
  return [
    {
      title: 'Steps 1 to 3: open this in a browser',
      hint: `Sign in and allow access. ${whereTheCodeIs(redirectUri)} It works once, for ${config.authorizationCodeTtl} seconds, so run the next command first: it waits for you.`,
      text: `${issuer}/authorize?${query.toString().replaceAll('+', '%20')}`,
      opens: true,
    },
    {
      title: 'Steps 4 and 5: redeem the code',
      hint: `Run this in a terminal, and paste the whole address of step 3 when it asks. The code_verifier belongs to the address above.${whereTheSecretIs(client, page.secret)}`,
      text: redeem(
        isConfidential ? `CLIENT_SECRET=${quote(page.secret ?? 'PUT THE CLIENT SECRET HERE')}` : undefined,
        token([
          '-d grant_type=authorization_code',
          '--data-urlencode "code=$CODE"',
          `--data-urlencode redirect_uri=${quote(redirectUri)}`,
          `-d code_verifier=${codeVerifier}`,
        ]),
      ),
      opens: false,
    },
    {
      title: 'Step 6: read the calendar',
      hint: 'In the same terminal: the access token is taken from the answer above.',
      text: [
        `ACCESS_TOKEN=${fromAnswer('access_token')}`,
        curl(`${addresses.calendarApiUrl}/calendar/events`, ['-H "Authorization: Bearer $ACCESS_TOKEN"', "-w '\\n'"]),
      ].join('\n'),
      opens: false,
    },
    {
      title: 'Step 7: get a fresh token',
      hint: 'In the same terminal: the refresh token is in that answer as well. It works once, and the new answer has the next one, so step 6 and this step can be repeated.',
      text: [
        `REFRESH_TOKEN=${fromAnswer('refresh_token')}`,
        ...keepAnswer(token(['-d grant_type=refresh_token', '--data-urlencode "refresh_token=$REFRESH_TOKEN"'])),
      ].join('\n'),
      opens: false,
    },
    {
      title: 'In your app: a PKCE pair of its own',
      hint: 'This page has made the pair above for you. An app makes a new pair for every authorization request: the code_challenge goes into the address, and the code_verifier into the token request (RFC 7636).',
      text: PKCE_PAIR,
      opens: false,
    },
  ]
}

/**
 * One command for the shell, in braces: were it several, a shell that gets all lines at once would read the second one as the
 * address. RFC 6749 §4.1.2: the code is in the query of the address, among other parameters.
 */
function redeem(secret: string | undefined, request: string): string {
  return [
    '{',
    ...(secret ? [secret] : []),
    "printf 'Paste the address: '; read -r ADDRESS",
    `CODE=\${ADDRESS#*[?&]code=}; CODE=\${CODE%%[&#]*}`,
    ...keepAnswer(request),
    '}',
  ].join('\n')
}

function keepAnswer(request: string): string[] {
  return [`ANSWER=$(${request})`, 'printf \'%s\\n\' "$ANSWER"']
}

/** What a member of the JSON answer has as its value. Tokens have no quotation marks in them. */
function fromAnswer(member: string): string {
  return `$(printf '%s' "$ANSWER" | sed -n 's/.*"${member}":"\\([^"]*\\)".*/\\1/p')`
}

/** RFC 7636 §4.1, §4.2. With Node, as everywhere here: what openssl is called and prints differs from system to system. */
const PKCE_PAIR = `CODE_VERIFIER=$(node -p "crypto.randomBytes(32).toString('base64url')")
CODE_CHALLENGE=$(node -p "crypto.createHash('sha256').update('$CODE_VERIFIER').digest('base64url')")
printf 'code_verifier=%s\\ncode_challenge=%s\\n' "$CODE_VERIFIER" "$CODE_CHALLENGE"`

function whereTheSecretIs(client: Client, secret: string | undefined): string {
  return client.type === 'confidential' && secret === undefined
    ? ' The client secret was shown once, when it was made; if nobody has kept it, make a new one below.'
    : ''
}

function whereTheCodeIs(redirectUri: string): string {
  return isPrivateUse(redirectUri)
    ? 'The browser then opens the app that your redirect URI belongs to. If there is none on this device, the address with the code is in the Location header of the last response (developer tools, Network).'
    : 'The browser then goes to your redirect URI. Nothing has to listen there: an error page of the browser is fine, because the code is in its address bar.'
}

/**
 * The same at each visit: the page may be loaded again between the address that is opened and the line that is pasted,
 * and with another verifier in it that line would burn the code. Nobody can tell it who has not the session.
 */
function random({ sessionSecret }: Config, sessionId: string, clientId: string, parameter: string): string {
  const key = deriveKey(sessionSecret, 'random parameters of the examples')
  return createHmac('sha256', key)
    .update(JSON.stringify([sessionId, clientId, parameter]))
    .digest('base64url')
}

function curl(url: string, options: string[]): string {
  return [`curl -sS ${url}`, ...options].join(' \\\n  ')
}

/** For a POSIX shell: whatever is in it, it is one word. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
