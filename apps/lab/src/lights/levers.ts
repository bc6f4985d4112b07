/** The buttons that change the lights: where each one sends its form, and what there is to learn from it. */
import type { Addresses } from '@glasshouse/shared/environment'

export type LightName = 'tripmate' | 'accounts' | 'consent' | 'refresh' | 'access'

export const LIGHT_NAMES: LightName[] = ['tripmate', 'accounts', 'consent', 'refresh', 'access']

export interface Lever {
  name: string
  /** The light that it stands beside. */
  light: LightName
  label: string
  /** Who acts. `lab`: the Lab asks the services, because no browser or app could. */
  at: keyof typeof ORIGINS
  path: string
  danger?: true
  /** Shown after it was pressed. */
  lesson: string
}

const ORIGINS = { 'client-app': 'clientAppUrl', 'auth-server': 'authServerUrl', lab: 'labUrl' } as const

export const LEVERS: Lever[] = [
  {
    name: 'sign-out-tripmate',
    light: 'tripmate',
    label: 'Sign out at Tripmate',
    at: 'client-app',
    path: '/demo/sign-out',
    lesson:
      'Only the session is over: your browser and Tripmate no longer know each other. Tripmate has not given back its tokens, and nobody told Accounts. An app that you sign out of can still hold tokens for your data.',
  },
  {
    name: 'sign-out-accounts',
    light: 'accounts',
    label: 'Sign out at Accounts',
    at: 'auth-server',
    path: '/demo/sign-out',
    lesson:
      'Tripmate does not notice. Its tokens do not depend on your session at Accounts: they are meant to work while you are away. Signing out protects this browser from the next person who uses it. It takes nothing away from an app.',
  },
  {
    name: 'withdraw',
    light: 'consent',
    label: 'Withdraw at Accounts',
    at: 'auth-server',
    path: '/demo/withdraw',
    danger: true,
    lesson:
      'Accounts forgets that you allowed Tripmate, and ends every token that came from it. Tripmate was not asked and does not know yet: it finds out at its next call. You can do this even if the app is gone or does not cooperate.',
  },
  {
    name: 'refresh',
    light: 'refresh',
    label: 'Refresh now',
    at: 'client-app',
    path: '/demo/refresh',
    lesson:
      'Tripmate exchanged its refresh token for a new pair, without you. Both tokens are new: compare the endings. The refresh token that it used is spent. The earlier access token still works until it expires, because nobody has revoked it.',
  },
  {
    name: 'replay',
    light: 'refresh',
    label: 'Use the old refresh token again',
    at: 'client-app',
    path: '/demo/replay',
    danger: true,
    lesson:
      'If a refresh token is used twice, a thief may have a copy. Accounts cannot tell the thief from Tripmate, so it ends every token of this connection, the good ones too (RFC 9700 §4.14.2). You have to connect again; the thief has nothing.',
  },
  {
    name: 'disconnect',
    light: 'refresh',
    label: 'Disconnect at Tripmate',
    at: 'client-app',
    path: '/demo/disconnect',
    danger: true,
    lesson:
      'Tripmate gave its tokens back (RFC 7009) and deleted them. Accounts still remembers that you allowed Tripmate. So if you connect again, you are not asked. To forget that as well, withdraw the consent.',
  },
  {
    name: 'expire',
    light: 'access',
    label: 'Let it expire',
    at: 'lab',
    path: '/expire',
    lesson:
      'An access token expires without any message. The calendar compares exp with its clock. (Here its clock was moved ahead for this one token.) Now let Tripmate use it: the calendar answers 401, and Tripmate refreshes.',
  },
  {
    name: 'revoke',
    light: 'access',
    label: 'Revoke this one token',
    at: 'client-app',
    path: '/demo/revoke',
    lesson:
      'Tripmate told Accounts to end this access token before its time (RFC 7009), and Accounts told the calendar. The refresh token still works, so Tripmate can get another access token whenever it wants.',
  },
  {
    name: 'call',
    light: 'access',
    label: 'Let Tripmate use it',
    at: 'client-app',
    path: '/demo/call',
    lesson:
      'Tripmate asked the calendar for your events, as it does when you open its page. If the calendar refuses the token, Tripmate refreshes once and asks again. If that is refused too, the connection has ended.',
  },
]

export function leverNamed(name: unknown): Lever | undefined {
  return LEVERS.find(lever => lever.name === name)
}

/** @param runPath the page of the run, for what the Lab does itself */
export function actionOf({ at, path }: Lever, addresses: Addresses, runPath: string): string {
  return at === 'lab' ? `${runPath}/lights${path}` : `${addresses[ORIGINS[at]]}${path}`
}
