/** The client credentials grant: an app asks for a token for itself, without a user. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type Check, calledFrom } from './check'
import { has } from './facts'
import { noParameterTwice, resourceKnown, UNKNOWN_SCOPE } from './shared-checks'

const GRANT = `${AUTH_SERVER}/grants/client-credentials.ts`

export const clientCredentialsGrant: Check[] = [
  {
    name: 'client-has-a-secret',
    sentence: 'The app has a secret of its own.',
    section: rfc(6749, '4.4'),
    without: 'Anybody who knows the client_id, which is public, could get a token.',
    file: GRANT,
    anchor: "if (client.type !== 'confidential') {",
    why: ['a client without a secret cannot use client_credentials'],
  },
  {
    name: 'scope-registered',
    sentence: 'The app asks for no more than it is registered for.',
    section: rfc(6749, '3.3'),
    without: 'An app could give itself any permission.',
    file: GRANT,
    anchor: 'if (scope.length === 0 || !includesScope(client.scope, scope)) {',
    why: ['scope asks for more than this client is registered for', ...UNKNOWN_SCOPE],
  },
  ...resourceKnown({ file: GRANT, anchor: 'await askedAudience(context, parameters)' }),
  ...calledFrom({ file: GRANT, anchor: 'requireMeaning(scope, audience,' }, [
    {
      name: 'scope-known-to-resource',
      sentence: 'The API that the token is for knows every scope in it.',
      section: rfc(9068, '2.2.3'),
      without: 'Two APIs could read the same word as two different permissions.',
      file: `${AUTH_SERVER}/protocol/resource.ts`,
      anchor: 'if (addressed.some(server => !includesScope(server.scope, scope))) {',
      why: ['scope has a value that the resource does not understand'],
      when: has('resource'),
    },
  ]),
  ...noParameterTwice({ file: GRANT, anchor: 'refuseRepeated(parameters)' }),
]
