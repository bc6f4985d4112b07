/** The users and clients of the scenario, as seeded in demo mode. Their ids are all that the services have to agree on. */

/** `id` is the `sub` of their tokens (RFC 9068 §2.2). */
export const alice = { id: 'usr_2f8c1a', username: 'alice', name: 'Alice Liddell' } as const
export const bob = { id: 'usr_9d04e7', username: 'bob', name: 'Bob Builder' } as const

/** The third party of the scenario: its `client_id`, and the name that users see. */
export const tripmate = { id: 'tripmate', name: 'Tripmate' } as const

/** The page to try the calendar API on (`/docs`): a public client like any other. */
export const apiPage = { id: 'glasshouse-docs', name: 'Calendar API page' } as const

/** The owner's page at the calendar's own address: a public client in the browser, and the operator's own. */
export const calendarPage = { id: 'glasshouse-calendar', name: 'Glasshouse Calendar' } as const

/** The resource server's own identity at the authorization server. */
export const calendarApi = { id: 'calendar-api', name: 'Glasshouse Calendar' } as const
