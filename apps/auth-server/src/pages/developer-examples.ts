/** The seven steps by hand: an address and commands that a developer can paste into a browser and a shell. */
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
  /** Whether the text is an address that a browser can open. */
  opens: boolean
}

/**
 * @param page `secret`: `undefined` if it is not shown; then the user must fill it in
 * @returns the authorization request, and commands for steps 4 to 7, with a PKCE pair (RFC 7636). The commands run in
 * one terminal, from top to bottom, and each takes what it needs from the previous response. Only the address must be
 * pasted. That is quick enough for the short lifetime of the code in it
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
      hint: `Sign in and allow access. ${whereTheCodeIs(redirectUri)} The code works once and expires after ${config.authorizationCodeTtl} seconds, so start the next command before you allow access: it waits for the address.`,
      text: `${issuer}/authorize?${query.toString().replaceAll('+', '%20')}`,
      opens: true,
    },
    {
      title: 'Steps 4 and 5: redeem the code',
      hint: `Run this in a terminal. When it asks for the address, paste the whole address that the browser went to in step 3. The code_verifier belongs to the code_challenge in the address above.${whereTheSecretIs(client, page.secret)}`,
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
      hint: 'Run this in the same terminal: it takes the access token from the response above.',
      text: [
        `ACCESS_TOKEN=${fromAnswer('access_token')}`,
        curl(`${addresses.calendarApiUrl}/calendar/events`, ['-H "Authorization: Bearer $ACCESS_TOKEN"', "-w '\\n'"]),
      ].join('\n'),
      opens: false,
    },
    {
      title: 'Step 7: get a fresh token',
      hint: 'Run this in the same terminal: the refresh token is in that response too. A refresh token works once, and each new response contains the next one, so you can repeat step 6 and this step.',
      text: [
        `REFRESH_TOKEN=${fromAnswer('refresh_token')}`,
        ...keepAnswer(token(['-d grant_type=refresh_token', '--data-urlencode "refresh_token=$REFRESH_TOKEN"'])),
      ].join('\n'),
      opens: false,
    },
    {
      title: 'In your app: a PKCE pair of its own',
      hint: 'This page made the pair in the commands above. Your app must make a new pair for every authorization request: the code_challenge goes into the address, and the code_verifier into the token request (RFC 7636).',
      text: PKCE_PAIR,
      opens: false,
    },
  ]
}

/**
 * The braces make this one command. Otherwise a shell that gets all lines at once would take the next line for the address.
 * RFC 6749 §4.1.2: the code is in the query of the address, among other parameters.
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

/** Reads the value of a member of the JSON response. Tokens contain no quotation marks. */
function fromAnswer(member: string): string {
  return `$(printf '%s' "$ANSWER" | sed -n 's/.*"${member}":"\\([^"]*\\)".*/\\1/p')`
}

/** RFC 7636 §4.1, §4.2. Uses Node, because the name and output of openssl differ from system to system. */
const PKCE_PAIR = `CODE_VERIFIER=$(node -p "crypto.randomBytes(32).toString('base64url')")
CODE_CHALLENGE=$(node -p "crypto.createHash('sha256').update('$CODE_VERIFIER').digest('base64url')")
printf 'code_verifier=%s\\ncode_challenge=%s\\n' "$CODE_VERIFIER" "$CODE_CHALLENGE"`

function whereTheSecretIs(client: Client, secret: string | undefined): string {
  return client.type === 'confidential' && secret === undefined
    ? ' The client secret was shown only once, when it was created. If you no longer have it, make a new one below.'
    : ''
}

function whereTheCodeIs(redirectUri: string): string {
  return isPrivateUse(redirectUri)
    ? 'The browser then opens the app that your redirect URI belongs to. If that app is not installed on this device, look for the address with the code in the Location header of the last response (developer tools, Network).'
    : 'The browser then goes to your redirect URI. No server has to run there: an error page of the browser is fine, because the address bar contains the code.'
}

/**
 * A value that only this session can know, and that is the same at each visit. The page may be reloaded between opening
 * the address and pasting the command; with a new verifier, that command would fail and use up the code.
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

/** Quotes a text for a POSIX shell, so that it is one word whatever it contains. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
