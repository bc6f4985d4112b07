/** The seven steps by hand: what a developer can paste into a browser and a shell. */
import { createHash, createHmac } from 'node:crypto'
import { deriveKey } from '@glasshouse/shared/seal'
import type { Config } from '../config'
import type { Client } from '../protocol/client'
import { formatScope } from '../protocol/scope'

export interface Example {
  title: string
  hint: string
  text: string
}

/**
 * @param page `secret`: to fill in, when it is shown anyway
 * @returns the authorization request and the curl lines for steps 4 to 7, with a PKCE pair of their own (RFC 7636)
 */
export function exampleRequests(
  config: Config,
  client: Client,
  page: { sessionId: string; secret: string | undefined },
): Example[] {
  const { issuer, addresses } = config
  const { secret } = page
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
  const credentials = [
    `-d client_id=${client.id}`,
    ...(client.type === 'confidential' ? [`-d client_secret=${secret ?? 'CLIENT_SECRET'}`] : []),
  ]
  return [
    {
      title: 'Steps 1 to 3: open this in a browser',
      hint: 'Sign in and allow. The browser comes back to your redirect URI with a code, good for a minute.',
      text: `${issuer}/authorize?${query.toString().replaceAll('+', '%20')}`,
    },
    {
      title: 'Steps 4 and 5: redeem the code',
      hint: 'Put the code from the address bar in place of CODE. The verifier belongs to the address above.',
      text: curl(`${issuer}/token`, [
        '-d grant_type=authorization_code',
        '-d code=CODE',
        `--data-urlencode redirect_uri=${quote(redirectUri)}`,
        `-d code_verifier=${codeVerifier}`,
        ...credentials,
      ]),
    },
    {
      title: 'Step 6: read the calendar',
      hint: 'Put the access_token from the answer in place of ACCESS_TOKEN.',
      text: curl(`${addresses.calendarApiUrl}/calendar/events`, ["-H 'Authorization: Bearer ACCESS_TOKEN'"]),
    },
    {
      title: 'Step 7: get a fresh token',
      hint: 'Put the refresh_token in place of REFRESH_TOKEN. It is replaced by the one in the answer.',
      text: curl(`${issuer}/token`, ['-d grant_type=refresh_token', '-d refresh_token=REFRESH_TOKEN', ...credentials]),
    },
  ]
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
  return [`curl ${url}`, ...options].join(' \\\n  ')
}

/** For a POSIX shell: whatever is in it, it is one word. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
