/** An app gives back a token that it no longer needs, or asks whether one is still good. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type Check, type CheckList, unreadable } from './check'
import { formAndClient } from './client-authentication'
import { arrivesAt } from './facts'
import { noParameterTwice } from './shared-checks'

const REVOKE = `${AUTH_SERVER}/endpoints/revoke.ts`
const INTROSPECT = `${AUTH_SERVER}/endpoints/introspect.ts`

function tokenSent(file: string, number: number, section: string): Check {
  return {
    name: 'token-sent',
    sentence: 'The request contains the token that it is about.',
    section: rfc(number, section),
    without: 'The server would not know which token is meant.',
    file,
    anchor: "const token = parameters.require('token')",
    why: ['token is missing', ...unreadable('token')],
  }
}

export const revocation: CheckList = {
  receiver: 'auth-server',
  receives: arrivesAt(/^\/revoke\/?$/, 'POST'),
  checks: [
    ...formAndClient(REVOKE),
    tokenSent(REVOKE, 7009, '2.1'),
    ...noParameterTwice({ file: REVOKE, anchor: 'refuseRepeated(parameters)' }),
    {
      name: 'token-of-this-client',
      sentence: 'The token was issued to this app. (For an unknown token the answer is 200 as well: RFC 7009 §2.2.)',
      section: rfc(7009, '2.1'),
      without: 'Any app could end the connections of all others.',
      file: REVOKE,
      anchor: "if (client.id !== clientId) throw new OAuthError('invalid_grant'",
      why: ['token was issued to another client'],
    },
  ],
}

export const introspection: CheckList = {
  receiver: 'auth-server',
  receives: arrivesAt(/^\/introspect\/?$/, 'POST'),
  checks: [
    ...formAndClient(INTROSPECT),
    {
      name: 'client-has-a-secret',
      sentence: 'Whoever asks has a secret of their own.',
      section: rfc(7662, '2.1'),
      without: 'Anybody could try out tokens here until one is good.',
      file: INTROSPECT,
      anchor: "if (asker.type === 'public') throw invalidClient(",
      why: ['a client without a secret cannot use this endpoint'],
    },
    tokenSent(INTROSPECT, 7662, '2.1'),
    ...noParameterTwice({ file: INTROSPECT, anchor: 'refuseRepeated(parameters)' }),
  ],
}
