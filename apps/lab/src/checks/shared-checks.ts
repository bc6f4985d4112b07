/** Checks that several endpoints of the authorization server make in the same words. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type Check, calledFrom, PARAMETERS, type Place } from './check'
import { has } from './facts'

const RESOURCE = `${AUTH_SERVER}/protocol/resource.ts`

/** @param place where `refuseRepeated` is called */
export function noParameterTwice(place: Place): Check[] {
  return calledFrom(place, [
    {
      name: 'no-parameter-twice',
      sentence: 'No parameter was sent twice, not even one that nobody reads.',
      section: rfc(6749, '3.2'),
      without:
        'Two programs on the way could each read another of the two values, and be played off against each other.',
      file: PARAMETERS,
      anchor: 'if (names.size < sent.length) {',
      why: ['a parameter was sent more than once; send each parameter once', 'the request has more than … parameters'],
    },
  ])
}

/** @param place where the `resource` parameters are read */
export function resourceKnown(place: Place): Check[] {
  return calledFrom(place, [
    {
      name: 'resource-known',
      sentence: 'This server issues tokens for the requested API (resource).',
      section: rfc(8707, '2'),
      without: 'A dishonest API could get a token that works at another API.',
      file: RESOURCE,
      anchor: 'if (identifier === undefined) {',
      why: ['resource must be an absolute URI without a fragment', 'resource is unknown; use …, or a URL under it'],
      when: has('resource'),
    },
  ])
}

/** @param place where the audience of a grant is narrowed */
export function resourceGranted(place: Place): Check[] {
  return calledFrom(place, [
    {
      name: 'resource-granted',
      sentence: 'The user was asked about the requested API (resource).',
      section: rfc(8707, '2.2'),
      without: 'An app could use the consent for one API to reach another.',
      file: RESOURCE,
      anchor: "if (beyond) throw new OAuthError('invalid_target'",
      why: ['resource asks for more than was granted'],
      when: has('resource'),
    },
  ])
}

/** The refusals of `parseScope`. */
export const UNKNOWN_SCOPE = [
  'scope contains openid, but this server does not support OpenID Connect',
  'scope has an unknown value',
  'scope was sent more than once; send it once',
]
