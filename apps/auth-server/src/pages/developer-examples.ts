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
 * @param page `secret`: to fill in, when it is shown anyway
 * @returns the authorization request and the curl lines for steps 4 to 7, with a PKCE pair of their own (RFC 7636).
 * What a person has to put in stands in the first lines of each, so that nothing has to be changed in the middle
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
  const secret = isConfidential ? { CLIENT_SECRET: page.secret ?? 'PUT THE CLIENT SECRET HERE' } : {}
  const credentials = [
    `-d client_id=${client.id}`,
    ...(isConfidential ? ['--data-urlencode "client_secret=$CLIENT_SECRET"'] : []),
  ]
  const whereTheSecretIs =
    isConfidential && page.secret === undefined
      ? ' The client secret was shown once, when it was made; if nobody has kept it, make a new one below.'
      : ''
  return [
    {
      title: 'Steps 1 to 3: open this in a browser',
      hint: `Sign in and allow. ${whereTheCodeIs(redirectUri)} It works once, within ${config.authorizationCodeTtl} seconds.`,
      text: `${issuer}/authorize?${query.toString().replaceAll('+', '%20')}`,
      opens: true,
    },
    {
      title: 'Steps 4 and 5: redeem the code',
      hint: `The code is what stands between “code=” and the next “&”: put it into the first line. The code_verifier belongs to the address above.${whereTheSecretIs}`,
      text: curl({ CODE: 'PUT THE CODE HERE', ...secret }, `${issuer}/token`, [
        '-d grant_type=authorization_code',
        '--data-urlencode "code=$CODE"',
        `--data-urlencode redirect_uri=${quote(redirectUri)}`,
        `-d code_verifier=${codeVerifier}`,
        ...credentials,
      ]),
      opens: false,
    },
    {
      title: 'Step 6: read the calendar',
      hint: 'The access_token is in the answer to the request above.',
      text: curl({ ACCESS_TOKEN: 'PUT THE ACCESS TOKEN HERE' }, `${addresses.calendarApiUrl}/calendar/events`, [
        '-H "Authorization: Bearer $ACCESS_TOKEN"',
      ]),
      opens: false,
    },
    {
      title: 'Step 7: get a fresh token',
      hint: `The refresh_token is in the same answer, and works once: the new answer holds the next one.${whereTheSecretIs}`,
      text: curl({ REFRESH_TOKEN: 'PUT THE REFRESH TOKEN HERE', ...secret }, `${issuer}/token`, [
        '-d grant_type=refresh_token',
        '--data-urlencode "refresh_token=$REFRESH_TOKEN"',
        ...credentials,
      ]),
      opens: false,
    },
  ]
}

function whereTheCodeIs(redirectUri: string): string {
  return isPrivateUse(redirectUri)
    ? 'If no app on this device opens your redirect URI, the page that follows shows it with the code in it.'
    : 'The browser then goes to your redirect URI. Nothing has to listen there: an error page of the browser is fine, for the code is in its address bar.'
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

/** @param variables by name. In double quotes each stays one word, whatever is in it. */
function curl(variables: Record<string, string>, url: string, options: string[]): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`)
  // Our answers end without a line break, and a shell would put its prompt right behind them.
  return assignments.join('') + [`curl -w '\\n' ${url}`, ...options].join(' \\\n  ')
}

/** For a POSIX shell: whatever is in it, it is one word. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
