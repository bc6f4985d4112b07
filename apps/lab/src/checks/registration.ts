/** A program registers itself as an app, before step 1. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type CheckList, calledFrom, type Place } from './check'
import { arrivesAt } from './facts'

const REGISTER = `${AUTH_SERVER}/endpoints/register.ts`
const METADATA = `${AUTH_SERVER}/protocol/client-metadata.ts`

const at = (anchor: string): Place => ({ file: REGISTER, anchor })

export const registration: CheckList[] = [
  {
    receiver: 'auth-server',
    receives: arrivesAt(/^\/register\/?$/, 'POST'),
    checks: [
      ...calledFrom(at('const { client, secret } = newClient(request)'), [
        ...calledFrom(at('return createClient(id, readClientMetadata(readJson(request)'), [
          {
            name: 'body-is-json',
            sentence: 'The body is JSON.',
            section: rfc(7591, '3.1'),
            without: 'There would be nothing to read.',
            ...at("if (typeof request.body !== 'string') throw refusal()"),
            why: [
              'the body is not JSON; send a JSON object, as application/json, in UTF-8',
              'the body is nested more than … levels deep',
              'the body is too large; send at most … KiB',
            ],
          },
        ]),
        ...calledFrom(at('readClientMetadata(readJson(request), id)'), [
          {
            name: 'grant-types-supported',
            sentence: 'The app wants to prove itself and to get tokens in a way that this server knows.',
            section: rfc(7591, '2'),
            without: 'The app would be registered for something that never works.',
            file: METADATA,
            anchor: 'const grantTypes = readGrantTypes(members)',
            why: [
              'token_endpoint_auth_method must be one of …',
              'token_endpoint_auth_method must be a string',
              'grant_types has no supported value; supported values: …',
              'grant_types must be an array of strings',
              'the body must be a JSON object',
            ],
          },
          {
            name: 'redirect-uris-registrable',
            sentence: 'Every redirect_uri is a full address, on https or on this device, without patterns.',
            section: rfc(7591, '5'),
            without: 'Codes would be sent over the open network, or to an address that an attacker can also have.',
            file: METADATA,
            anchor: 'const redirectUris = readRedirectUris(members, grantTypes)',
            why: ['invalid_redirect_uri'],
          },
          {
            name: 'metadata-valid',
            sentence: 'What the app says about itself is complete, and of the right form.',
            section: rfc(7591, '2'),
            without: 'Users would see a name or a picture that is made to deceive them.',
            file: METADATA,
            anchor: 'const isPublic = authenticationMethod === ',
            why: ['invalid_client_metadata'],
          },
        ]),
      ]),
      ...calledFrom(at('await checkLimit(context, request)'), [
        {
          name: 'not-too-many-registrations',
          sentence: 'There were not too many registrations from this address.',
          section: rfc(7591, '5'),
          without: 'One program could fill the server with apps that nobody uses.',
          ...at('if (retryAfter > 0) {'),
          why: ['too many registrations from this address; try again later'],
        },
      ]),
    ],
  },
  {
    receiver: 'auth-server',
    receives: arrivesAt(/^\/register\/[^/]+\/?$/, 'GET', 'PUT', 'DELETE'),
    checks: [
      {
        name: 'registration-token-right',
        sentence: 'The request contains the token that this registration is managed with.',
        section: rfc(7592, '2'),
        without: 'Anybody could change where this app’s codes are sent.',
        ...at('if (!registration || !right)'),
        why: [
          'the registration access token is wrong, or there is no registration at this address',
          'the token is missing; send it as a bearer token, in the Authorization header',
          'the Authorization header is malformed; send the word Bearer, a space, and the token',
        ],
      },
      {
        name: 'update-valid',
        sentence: 'What the app now says about itself is complete, and of the right form.',
        section: rfc(7592, '2.2'),
        without: 'An app that was harmless when it registered could turn into anything.',
        ...at('const issued = ['),
        why: ['invalid_client_metadata', 'invalid_redirect_uri'],
        when: arrivesAt(/^/, 'PUT'),
      },
    ],
  },
]
