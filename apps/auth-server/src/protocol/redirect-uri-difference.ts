/** Shows a developer where a redirect URI differs from the registered ones. Only for display; it decides nothing. */
import type { MarkedText } from '@glasshouse/shared/page-error'
import type { Client } from './client'
import { withoutLoopbackPort } from './redirect-uri'

/** In characters: the limit for registered redirect URIs. */
const LONGEST = 2000

/** The redirect URI of a request, for a page. */
export function received(requested: string): MarkedText {
  return { label: 'Received', text: readable(requested) }
}

/**
 * The redirect URI of a request, and those of the client with the most similar one first; each is marked where it differs.
 * @param requested matches none of them
 */
export function differences(client: Client, requested: string): MarkedText[] {
  const text = readable(requested)
  const registered = client.redirectUris
    .map(uri => ({ uri, marks: firstDifference(client, text, uri) }))
    .sort((one, other) => other.marks.registered - one.marks.registered)
  return [
    { ...received(requested), markAt: registered[0]?.marks.requested },
    ...registered.map(({ uri, marks }) => ({ label: 'Registered', text: uri, markAt: marks.registered })),
  ]
}

/** Percent-encodes characters that are invisible or could be mistaken for others. */
function readable(uri: string): string {
  const text = uri.replace(/[^\x21-\x7e]/gu, encodeURIComponent)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** Where the two URIs begin to differ, as an index into each. A port that may vary (RFC 8252 §7.3) does not count. */
function firstDifference(client: Client, requested: string, registered: string) {
  const portless = client.applicationType === 'native' ? withoutLoopbackPort : (uri: string) => uri
  const [one, other] = [portless(requested), portless(registered)]
  // If nothing else differs, the port itself is wrong.
  if (one === other)
    return { requested: commonStart(requested, registered), registered: commonStart(registered, requested) }
  const at = commonStart(one, other)
  return { requested: at + requested.length - one.length, registered: at + registered.length - other.length }
}

function commonStart(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
