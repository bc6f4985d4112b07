/** The ids of events. A client may choose one. */

/** Google's rule: base32hex, in lower case. A single event of a series also has its time. `stream` is the stream of changes. */
export const EVENT_ID = /^(?!stream$)[0-9a-v]{5,1024}(_\d{8}(T\d{6}Z)?)?$/

export function isEventId(id: unknown): id is string {
  return typeof id === 'string' && EVENT_ID.test(id)
}
