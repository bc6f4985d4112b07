/** The scopes of this API (RFC 6749 §3.3). `google-scopes.ts` has their other names. */
export const SCOPES = ['calendar.read', 'calendar.write'] as const
export type Scope = (typeof SCOPES)[number]
